using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Web.Manager;

namespace Accounts.Tests.Web.Manager;

public sealed class SessionBoardTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;
    private static readonly UserId Ada = new(Guid.NewGuid());

    [Fact]
    public void The_first_twelve_other_sessions_are_cards_and_the_rest_rows()
    {
        var (board, others) = Load(15);
        Assert.Equal(others.Take(12), board.Cards);
        Assert.Equal(others.Skip(12), board.Rows);
        Assert.Equal(16, board.LiveCount);
        Assert.NotNull(board.Current);
        Assert.DoesNotContain(board.Current, board.Others);
    }

    [Theory]
    [InlineData(1, false, false, false)]
    [InlineData(2, true, false, false)]
    [InlineData(4, true, false, false)]
    [InlineData(5, true, true, false)]
    [InlineData(12, true, true, false)]
    [InlineData(13, true, true, true)]
    [InlineData(600, true, true, true)]
    public void Tools_and_groups_depend_on_the_number_of_sessions(int sessions, bool several, bool tools, bool grouped)
    {
        var (board, _) = Load(sessions - 1);
        Assert.Equal((several, tools, grouped), (board.IsSeveral, board.HasTools, board.IsGrouped));
    }

    [Fact]
    public void Tools_and_groups_stay_when_sessions_end()
    {
        var (board, others) = Load(12);
        foreach (var session in others.Skip(1))
            board.Put(session with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) });
        Assert.Equal(Now.AddMinutes(1), board.SettleAt);
        board.Settle(Now.AddMinutes(2));
        Assert.Equal((true, true), (board.HasTools, board.IsGrouped));
        Assert.Equal(others[..1], board.Cards);
    }

    [Fact]
    public void Many_cards_are_grouped_by_device_type_and_shared_name()
    {
        var others = Enumerable.Range(0, 12).Select(i => i switch
        {
            2 or 7 => Session(Visitor.Phone),
            4 or 9 => Session() with { Name = "Work laptop" },
            5 => Session() with { Name = "Reading room" },
            _ => Session(),
        }).ToList();
        var board = Load(others);

        Assert.Equal(
            [("Computers", 8), ("Phones", 2), ("Work laptop", 2)],
            board.Groups(_ => true).Select(group => (group.Title!, group.Sessions.Count)));
        Assert.Equal([others[2], others[7]], board.Groups(_ => true)[1].Sessions);

        // A session that is renamed while the page is open keeps its place.
        board.Apply(new SessionChange.Renamed(Ada, others[0].Id, "Work laptop"));
        Assert.Equal([8, 2, 2], board.Groups(_ => true).Select(group => group.Sessions.Count));
        Assert.Equal([("Phones", 2)],
            board.Groups(session => session.Device.Type == DeviceType.Mobile).Select(group => (group.Title!, group.Sessions.Count)));
    }

    [Fact]
    public void Few_cards_have_no_headings()
    {
        var (board, others) = Load(3);
        Assert.Null(Assert.Single(board.Groups(_ => true)).Title);
        Assert.Equal(others, board.Groups(_ => true)[0].Sessions);
        Assert.Empty(board.Groups(_ => false));
    }

    [Fact]
    public void A_new_session_becomes_the_last_card()
    {
        var (board, others) = Load(2);
        var late = Session();
        board.Put(late);
        Assert.Equal([.. others, late], board.Cards);
        Assert.Null(board.SettleAt);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public void Above_rows_or_in_groups_a_new_session_waits_for_a_quiet_moment(int count)
    {
        var (board, others) = Load(count);
        var late = Session();
        board.Put(late);
        Assert.Equal(others.Take(12), board.Cards);
        Assert.Equal(count + 2, board.LiveCount);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.Equal(late, board.Cards[^1]);
        Assert.Null(board.SettleAt);
    }

    [Fact]
    public void An_ended_session_keeps_its_place_for_a_minute()
    {
        var (board, sessions) = Load(3);
        var ended = sessions[1] with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) };
        board.Put(ended);
        Assert.Equal([sessions[0], ended, sessions[2]], board.Cards);
        Assert.Equal(3, board.LiveCount);
        Assert.Equal(Now.AddMinutes(1), board.SettleAt);

        board.Settle(Now.AddSeconds(59));
        Assert.Equal(3, board.Cards.Count);
        board.Settle(Now.AddSeconds(60));
        Assert.Equal([sessions[0], sessions[2]], board.Cards);
        Assert.Null(board.SettleAt);
    }

    [Fact]
    public void A_session_that_ended_before_it_was_shown_does_not_appear()
    {
        var (board, sessions) = Load(2);
        board.Put(Session() with { Ending = new SessionEnding(Now, EndReason.Replaced, null, null) });
        Assert.Equal(sessions, board.Cards);
    }

    [Fact]
    public void Changes_apply_at_once_but_activity_after_the_end_is_ignored()
    {
        var (board, sessions) = Load(1);
        var id = sessions[0].Id;
        board.Apply(new SessionChange.Seen(Ada, id, Now.AddMinutes(3), "198.51.100.1", Place.Unknown, Device.Unknown, 9));
        board.Apply(new SessionChange.Renamed(Ada, id, "Phone"));
        Assert.Equal((Now.AddMinutes(3), "198.51.100.1", 9, "Phone"),
            (board.Cards[0].LastActivityAt, board.Cards[0].Address, board.Cards[0].PagesVisited, board.Cards[0].Title));

        board.Put(board.Cards[0] with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) });
        board.Apply(new SessionChange.Seen(Ada, id, Now.AddMinutes(4), "198.51.100.1", Place.Unknown, Device.Unknown, 10));
        board.Apply(new SessionChange.Departed(Ada, id, new Departure.Confirmed(Now)));
        board.Apply(new SessionChange.Departed(Ada, id, new Departure.Awaited()));
        Assert.Equal(9, board.Cards[0].PagesVisited);
        Assert.Equal(new Departure.Confirmed(Now), board.Cards[0].Ending!.Departure);
    }

    [Fact]
    public void The_question_about_a_new_browser_waits_for_a_quiet_moment()
    {
        var (board, _) = Load(2);
        var stranger = Session() with { NewBrowser = true };
        board.Put(stranger);
        Assert.Null(board.Question);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.Equal(stranger, board.Question);
    }

    [Fact]
    public void The_oldest_question_comes_first()
    {
        var late = Session() with { NewBrowser = true, StartedAt = Now.AddMinutes(2) };
        var early = Session() with { NewCountry = true, StartedAt = Now.AddMinutes(1) };
        var board = Load([late, early, Session()]);
        Assert.Equal(early.Id, board.Question?.Id);

        board.Apply(new SessionChange.Recognized(Ada, early.Id));
        // The answered session keeps its place while that is needed, but is no longer in question.
        Assert.Equal((early.Id, false), (board.Question!.Id, board.Question.IsInQuestion));
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.Equal(late.Id, board.Question?.Id);
        Assert.Equal((false, false), (board.Cards[1].NewBrowser, board.Cards[1].NewCountry));

        board.Put(late with { Ending = new SessionEnding(Now, EndReason.Terminated, null, null) });
        board.Settle(Now);
        Assert.Null(board.Question);
    }

    [Fact]
    public void New_browsers_are_always_cards_and_this_device_is_never_in_question()
    {
        var others = Enumerable.Range(0, 20).Select(i => Session() with { NewBrowser = i < 15 }).ToList();
        Assert.Equal(others.Take(15), Load(others).Cards);
        Assert.Equal(24, Load([.. Enumerable.Range(0, 60).Select(_ => Session() with { NewBrowser = true })]).Cards.Count);

        var board = new SessionBoard();
        board.Load([others[0]], others[0].Id);
        Assert.Null(board.Question);
    }

    [Fact]
    public void Sign_out_everywhere_appears_only_at_a_quiet_moment()
    {
        var (board, _) = Load(0);
        board.Put(Session());
        Assert.False(board.IsSeveral);
        Assert.NotNull(board.SettleAt);
        board.Settle(Now);
        Assert.True(board.IsSeveral);
    }

    private static (SessionBoard Board, List<Session> Others) Load(int others)
    {
        var sessions = Enumerable.Range(0, others).Select(_ => Session()).ToList();
        return (Load(sessions), sessions);
    }

    private static SessionBoard Load(IReadOnlyList<Session> others)
    {
        var current = Session();
        var board = new SessionBoard();
        board.Load([current, .. others], current.Id);
        return board;
    }

    private static Session Session(string userAgent = Visitor.Chrome) => new(
        SessionId.New(Now), null, 0, false, false, DeviceDetector.Detect(new DeviceSignals(userAgent)), "127.0.0.1", Place.LocalNetwork,
        "127.0.0.1", Place.LocalNetwork,
        SignInMethods.Password, Now, Now, 0, null);
}
