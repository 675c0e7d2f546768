using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>How many sessions a user may have at once, and which one makes room for a new one.</summary>
public sealed class SessionLimitTests
{
    private const string Live = "SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL";

    // Guard: MakeRoomAsync in SessionStarter.StartAsync, and its order.
    [EachEngineFact]
    public async Task The_least_recently_used_session_makes_room()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "3"));
        await host.RegisterAsync();
        var (first, second, third) = (await SignInAsync(host), await SignInAsync(host), await SignInAsync(host));
        Assert.Equal(3, host.Rows.Number(Live));
        host.Activity.Record((await host.RequestAsync(first))!, "203.0.113.7");
        await host.Activity.FlushAsync();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var fourth = await SignInAsync(host);

        Assert.Null(await host.RequestAsync(second));
        foreach (var browser in new[] { first, third, fourth })
            Assert.NotNull(await host.RequestAsync(browser));
        var ended = Assert.Single(await host.HistoryAsync(fourth.Caller), session => session.Ending is not null);
        Assert.Equal((second.Id, EndReason.LimitReached, fourth.Id), (ended.Id, ended.Ending!.Reason, ended.Ending.BySession));
        Assert.Equal(
            [new SessionChange.Ended(fourth.Caller.Subject, second.Id, EndReason.LimitReached),
                new SessionChange.Started(fourth.Caller.Subject, fourth.Id)], heard);
        var audit = Assert.Single(host.Rows.Audit("session.ended_by_limit"));
        Assert.Equal((second.Id.Value, fourth.Id.Value), (Guid.Parse((string)audit["SessionId"]!), Guid.Parse((string)audit["ActorSessionId"]!)));
    }

    [EachEngineFact]
    public async Task Without_a_limit_no_session_ends()
    {
        await using var host = CoreHost.Start(settings: [("Sessions:MaximumPerUser", "0"), ("SignIn:AttemptsPerAccount", "100")]);
        await host.RegisterAsync();
        for (var i = 0; i < 12; i++)
            await SignInAsync(host);
        Assert.Equal(12, host.Rows.Number(Live));
    }

    [EachEngineFact]
    public async Task Only_the_users_live_sessions_in_other_browsers_count()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "2"));
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var expired = await host.SignInAsync(remember: false);
        var grace = await host.SignInAsync("grace@example.test");
        host.Clock.Advance(TimeSpan.FromHours(30));
        var (one, two) = (await SignInAsync(host), await SignInAsync(host));

        var again = await host.SignInAsync(browser: two.Browser);

        Assert.NotNull(await host.RequestAsync(one));
        Assert.NotNull(await host.RequestAsync(again));
        Assert.NotNull(await host.RequestAsync(grace));
        Assert.Empty(host.Rows.Audit("session.ended_by_limit"));
        Assert.Equal([EndReason.Expired, EndReason.Replaced], [.. (await host.HistoryAsync(one.Caller))
            .Where(session => session.Id == expired.Id || session.Id == two.Id).Select(session => session.Ending!.Reason).Order()]);
    }

    [EachEngineFact]
    public async Task A_lowered_limit_applies_from_the_next_sign_in()
    {
        using var database = new TestDatabase();
        SignedInBrowser latest;
        await using (var before = CoreHost.Start(database))
        {
            await before.RegisterAsync();
            await SignInAsync(before);
            await SignInAsync(before);
            await SignInAsync(before);
            latest = await SignInAsync(before);
        }

        await using var host = CoreHost.Start(database, settings: ("Sessions:MaximumPerUser", "2"));
        Assert.Equal(4, host.Rows.Number(Live));
        host.Clock.Advance(TimeSpan.FromHours(1));
        var next = await host.SignInAsync();

        Assert.Equal([latest.Id, next.Id], [.. (await host.Sessions.ListAsync(next.Caller)).Select(session => session.Id).OrderBy(id => id.Value)]);
        Assert.Equal(3, host.Rows.Audit("session.ended_by_limit").Count);
    }

    [EachEngineFact]
    public async Task Concurrent_sign_ins_do_not_exceed_the_limit()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "1"));
        await host.RegisterAsync();
        var commit = host.Gate.StopCommit();
        var first = host.SignInAsync();
        await commit.Arrived;
        var second = host.SignInAsync();
        Assert.False(second.IsCompleted);
        commit.Release();

        var (one, two) = (await first, await second);
        Assert.Null(await host.RequestAsync(one));
        Assert.NotNull(await host.RequestAsync(two));
    }

    [EachEngineFact]
    public async Task A_sign_in_that_fails_to_commit_ends_no_session()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "1"));
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.NotNull(await host.RequestAsync(owner));

        await host.SignInAsync();
        Assert.Null(await host.RequestAsync(owner));
    }

    private static async Task<SignedInBrowser> SignInAsync(CoreHost host)
    {
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        return await host.SignInAsync();
    }
}
