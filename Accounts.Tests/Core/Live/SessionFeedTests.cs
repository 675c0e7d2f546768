using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

public sealed class SessionFeedTests
{
    private static readonly UserId Ada = new(Guid.NewGuid());
    private static readonly SessionChange Change = new SessionChange.Started(Ada, SessionId.New(TestClock.Start));

    [EachEngineFact]
    public async Task A_subscriber_that_throws_does_not_stop_the_others()
    {
        await using var host = CoreHost.Start();
        List<string> heard = [];
        using var one = host.Feed.Subscribe((SessionChange _) => heard.Add("one"));
        using var bad = host.Feed.Subscribe((SessionChange _) => throw new InvalidOperationException("A page fell over."));
        using var two = host.Feed.Subscribe((SessionChange _) => heard.Add("two"));

        host.Feed.Publish(Change);
        host.Feed.Publish(Change);

        Assert.Equal("one one two two", string.Join(' ', heard.Order(StringComparer.Ordinal)));
    }

    [EachEngineFact]
    public async Task A_subscriber_for_one_user_hears_only_of_that_user()
    {
        await using var host = CoreHost.Start();
        var heard = Watch(host, out var subscription);

        host.Feed.Publish(new SessionChange.Started(new UserId(Guid.NewGuid()), SessionId.New(TestClock.Start)));
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Empty(heard);
        host.Feed.Publish(Change);
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Equal([Change], Assert.Single(heard));
        subscription.Dispose();
    }

    [EachEngineFact]
    public async Task Changes_within_a_tenth_of_a_second_are_merged_into_one_batch()
    {
        await using var host = CoreHost.Start();
        var heard = Watch(host, out var subscription);
        SessionChange.Seen Seen(int pages) => new(Ada, Change.SessionId, TestClock.Start, "203.0.113.7", Place.Unknown, Device.Unknown, pages);

        for (var pages = 1; pages <= 50; pages++)
            host.Feed.Publish(Seen(pages));
        host.Feed.Publish(new SessionChange.Renamed(Ada, Change.SessionId, "Phone"));
        host.Clock.Advance(SessionFeed.MergeWindow - TimeSpan.FromMilliseconds(1));
        Assert.Empty(heard);
        host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([Seen(50), new SessionChange.Renamed(Ada, Change.SessionId, "Phone")], Assert.Single(heard));

        // The next change gets its own window.
        host.Feed.Publish(Seen(51));
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Equal([Seen(51)], heard[1]);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, heard.Count);
        subscription.Dispose();
    }

    [EachEngineFact]
    public async Task An_ending_is_delivered_at_once_together_with_waiting_changes()
    {
        await using var host = CoreHost.Start();
        var heard = Watch(host, out var subscription);
        var ended = new SessionChange.Ended(Ada, Change.SessionId, EndReason.Terminated);

        host.Feed.Publish(Change);
        Assert.Empty(heard);
        host.Feed.Publish(ended);

        Assert.Equal([Change, ended], Assert.Single(heard));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(heard);
        subscription.Dispose();
    }

    [EachEngineFact]
    public async Task Unsubscribing_discards_waiting_changes()
    {
        await using var host = CoreHost.Start();
        var waiting = host.Clock.Waiting;
        var heard = Watch(host, out var subscription);
        using var other = host.Feed.Subscribe(Ada, heard.Add);

        host.Feed.Publish(Change);
        subscription.Dispose();
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Single(heard);

        other.Dispose();
        host.Feed.Publish(Change);
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Single(heard);
        Assert.Equal(waiting, host.Clock.Waiting);
    }

    [EachEngineFact]
    public async Task Subscribers_hear_of_activity_with_the_resulting_state()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var session = (await host.RequestAsync(browser))!;
        List<IReadOnlyList<SessionChange>> heard = [];
        using var watching = host.Feed.Subscribe(browser.Caller.Subject, heard.Add);
        List<IReadOnlyList<SessionChange>> withoutActs = [];
        using var other = host.Feed.Subscribe(browser.Caller.Subject, withoutActs.Add, acts: false);

        host.Clock.Advance(TimeSpan.FromMinutes(5));
        host.Activity.RecordPage(session, "198.51.100.24");
        await host.Activity.FlushAsync();
        host.Activity.RecordPage(session, "198.51.100.24");
        host.Activity.Record(session, "198.51.100.25");
        host.Clock.Advance(SessionFeed.MergeWindow);

        var seen = new SessionChange.Seen(browser.Caller.Subject, browser.Id, TestClock.Start.AddMinutes(5), "198.51.100.25", Place.Unknown,
            DeviceDetector.Detect(new DeviceSignals(CoreHost.Chrome)), 2);
        Assert.Equal([seen], Assert.Single(heard));
        Assert.Empty(withoutActs);
        host.Feed.Publish(new SessionChange.Renamed(browser.Caller.Subject, browser.Id, "Desk"));
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Single(withoutActs);
        // The list agrees, though the second page isn't in the database yet.
        var listed = Assert.Single(await host.Sessions.ListAsync(browser.Caller));
        Assert.Equal((2, "198.51.100.25"), (listed.PagesVisited, listed.Address));
        Assert.Equal(1L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }

    private static List<IReadOnlyList<SessionChange>> Watch(CoreHost host, out IDisposable subscription)
    {
        List<IReadOnlyList<SessionChange>> heard = [];
        subscription = host.Feed.Subscribe(Ada, heard.Add);
        return heard;
    }

    [EachEngineFact]
    public async Task A_handler_that_unsubscribes_itself_is_not_called_again()
    {
        await using var host = CoreHost.Start();
        var heard = 0;
        IDisposable? subscription = null;
        subscription = host.Feed.Subscribe((SessionChange _) =>
        {
            heard++;
            subscription!.Dispose();
        });

        host.Feed.Publish(Change);
        host.Feed.Publish(Change);

        Assert.Equal(1, heard);
    }
}
