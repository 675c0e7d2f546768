using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Accounts.Web.Sessions;

namespace Accounts.Tests.Web.Sessions;

public sealed class SessionBoardTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;
    private static readonly UserId Ada = new(Guid.NewGuid());

    [Fact]
    public void The_first_twelve_are_cards_and_the_rest_are_lines_in_the_order_they_came()
    {
        var (board, sessions) = Load(15);
        Assert.Equal(sessions.Take(12), board.Cards);
        Assert.Equal(sessions.Skip(12), board.Lines);
        Assert.True(board.IsLong);
        Assert.False(Load(12).Board.IsLong);
    }

    [Fact]
    public void A_session_that_starts_goes_to_the_end_of_the_cards()
    {
        var (board, sessions) = Load(3);
        var late = Session();
        board.Put(late);
        Assert.Equal([.. sessions, late], board.Cards);
        Assert.Null(board.SettleAt);
    }

    [Fact]
    public void Above_lines_it_waits_until_nothing_can_be_pressed_by_mistake()
    {
        var (board, sessions) = Load(13);
        var late = Session();
        board.Put(late);
        Assert.Equal(sessions.Take(12), board.Cards);
        Assert.Equal(14, board.LiveCount);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.Equal(late, board.Cards[^1]);
        Assert.Null(board.SettleAt);
    }

    [Fact]
    public void One_that_ends_stays_in_its_place_for_a_minute()
    {
        var (board, sessions) = Load(3);
        var ended = sessions[1] with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) };
        board.Put(ended);
        Assert.Equal([sessions[0], ended, sessions[2]], board.Cards);
        Assert.Equal(2, board.LiveCount);
        Assert.Equal(Now.AddMinutes(1), board.SettleAt);

        board.Settle(Now.AddSeconds(59));
        Assert.Equal(3, board.Cards.Count);
        board.Settle(Now.AddSeconds(60));
        Assert.Equal([sessions[0], sessions[2]], board.Cards);
        Assert.Null(board.SettleAt);
    }

    [Fact]
    public void One_that_was_over_before_it_was_seen_does_not_come()
    {
        var (board, sessions) = Load(2);
        board.Put(Session() with { Ending = new SessionEnding(Now, EndReason.Replaced, null, null) });
        Assert.Equal(sessions, board.Cards);
    }

    [Fact]
    public void What_a_change_says_is_true_from_then_on_and_an_act_after_the_end_is_not_shown()
    {
        var (board, sessions) = Load(1);
        var id = sessions[0].Id;
        board.Apply(new SessionChange.Seen(Ada, id, Now.AddMinutes(3), "198.51.100.1", Place.Unknown, Device.Unknown, 9));
        board.Apply(new SessionChange.Renamed(Ada, id, "Phone"));
        Assert.Equal((Now.AddMinutes(3), "198.51.100.1", 9, "Phone"), (board.Cards[0].LastActivityAt, board.Cards[0].Address, board.Cards[0].PagesVisited, board.Cards[0].Title));

        board.Put(board.Cards[0] with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) });
        board.Apply(new SessionChange.Seen(Ada, id, Now.AddMinutes(4), "198.51.100.1", Place.Unknown, Device.Unknown, 10));
        board.Apply(new SessionChange.Departed(Ada, id, new Departure.Confirmed(Now)));
        board.Apply(new SessionChange.Departed(Ada, id, new Departure.Awaited()));
        Assert.Equal(9, board.Cards[0].PagesVisited);
        Assert.Equal(new Departure.Confirmed(Now), board.Cards[0].Ending!.Departure);
    }

    [Fact]
    public void A_new_browser_is_pointed_out_as_soon_as_that_moves_nothing()
    {
        var (board, _) = Load(2);
        board.Put(Session() with { NewBrowser = true });
        Assert.False(board.IsFlagged);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.True(board.IsFlagged);
    }

    [Fact]
    public void One_that_is_recognized_is_pointed_out_no_more()
    {
        var sessions = new[] { Session(), Session() with { NewBrowser = true, NewCountry = true } };
        var board = new SessionBoard();
        board.Load(sessions, sessions[0].Id);
        Assert.True(board.IsFlagged);

        board.Apply(new SessionChange.Recognized(Ada, sessions[1].Id));
        Assert.Equal((false, false), (board.Cards[1].NewBrowser, board.Cards[1].NewCountry));
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.False(board.IsFlagged);
    }

    [Fact]
    public void New_browsers_are_cards_even_beyond_the_twelfth_and_the_one_that_looks_is_not_pointed_out()
    {
        var sessions = Enumerable.Range(0, 20).Select(i => Session() with { NewBrowser = i < 15 }).ToList();
        var board = new SessionBoard();
        board.Load(sessions, sessions[0].Id);
        Assert.Equal(sessions.Take(15), board.Cards);
        Assert.True(board.IsFlagged);

        board.Load([.. Enumerable.Range(0, 60).Select(_ => Session() with { NewBrowser = true })], sessions[0].Id);
        Assert.Equal(24, board.Cards.Count);

        board.Load(sessions[..1], sessions[0].Id);
        Assert.False(board.IsFlagged);
    }

    [Fact]
    public void The_button_for_all_others_comes_and_goes_when_that_moves_nothing()
    {
        var (board, _) = Load(1);
        board.Put(Session());
        Assert.False(board.IsSeveral);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.True(board.IsSeveral);
    }

    private static (SessionBoard Board, List<Session> Sessions) Load(int count)
    {
        var sessions = Enumerable.Range(0, count).Select(_ => Session()).ToList();
        var board = new SessionBoard();
        board.Load(sessions, sessions[0].Id);
        return (board, sessions);
    }

    private static Session Session() => new(
        SessionId.New(Now), null, 0, false, false, DeviceDetector.Detect(new DeviceSignals(Visitor.Chrome)), "127.0.0.1", Place.LocalNetwork, "127.0.0.1", Place.LocalNetwork,
        SignInMethod.Password, Now, Now, 0, null);
}
