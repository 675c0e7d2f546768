using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Support;

/// <summary>The code that you read out to support.</summary>
public sealed class SupportCodesTests
{
    [EachEngineFact]
    public async Task A_session_keeps_its_code_until_ten_minutes_are_left()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var code = await Codes(host).FindOrMakeAsync(browser.Caller);
        Assert.Matches("^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$", code!.Text);
        Assert.Equal(TestClock.Start.AddHours(1), code.ExpiresAt);

        host.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(code, await Codes(host).FindOrMakeAsync(browser.Caller));
        Assert.Equal(1, Count(host));

        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        var next = await Codes(host).FindOrMakeAsync(browser.Caller);
        Assert.NotEqual(code.Text, next!.Text, StringComparer.Ordinal);
        Assert.Equal(host.Clock.GetUtcNow().AddHours(1), next.ExpiresAt);
        // You may be reading out the previous code at this moment.
        Assert.Equal(2, Count(host));
    }

    // Guard: the removal of expired codes in SupportCodes, and in Retention.
    [EachEngineFact]
    public async Task A_session_has_at_most_two_codes_and_finally_none()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        for (var minutes = 0; minutes < 300; minutes += 5)
        {
            Assert.NotNull(await Codes(host).FindOrMakeAsync(browser.Caller));
            Assert.InRange(Count(host), 1, 2);
            host.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, Count(host));
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, Count(host));
    }

    // Guard: the second check, inside the transaction.
    [EachEngineFact]
    public async Task Concurrent_requests_get_the_same_code()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var commit = host.Gate.StopCommit();
        var first = Codes(host).FindOrMakeAsync(browser.Caller);
        await commit.Arrived;
        var looked = host.Gate.StopResult("FROM \"SupportCodes\"");
        var second = Codes(host).FindOrMakeAsync(browser.Caller);
        await looked.Arrived;
        looked.Release();
        commit.Release();

        Assert.Equal(await first, await second);
        Assert.Equal(1, Count(host));
    }

    // Guard: the check for an existing code.
    [EachEngineFact]
    public async Task An_existing_code_is_not_issued_again()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, other) = (await host.SignInAsync(), await host.SignInAsync());
        var drawn = new Queue<string>(["7KX4QM2D", "7KX4QM2D", "7KX4QM2D", "8KX4QM2D"]);
        var codes = new SupportCodes(host.Database, host.Commands, host.Clock, drawn.Dequeue);

        Assert.Equal("7KX4-QM2D", (await codes.FindOrMakeAsync(one.Caller))!.Text);
        Assert.Equal("8KX4-QM2D", (await codes.FindOrMakeAsync(other.Caller))!.Text);
        Assert.Empty(drawn);
    }

    [Fact]
    public void Codes_are_random_and_use_only_unambiguous_characters()
    {
        HashSet<string> codes = new(StringComparer.Ordinal);
        for (var i = 0; i < 1_000; i++)
            Assert.True(codes.Add(SupportCode.NewCode()));
        Assert.Equal("23456789ABCDEFGHJKMNPQRSTVWXYZ", string.Concat(codes.SelectMany(code => code).Distinct().Order()));
        Assert.All(codes, code => Assert.Equal(8, code.Length));
    }

    // Guard: IsLiveAsync in FindOrMakeAsync.
    [EachEngineFact]
    public async Task A_caller_without_a_live_session_gets_no_code()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var other = await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, browser) = (await host.SignInAsync(), await host.SignInAsync());

        Assert.Null(await Codes(host).FindOrMakeAsync(browser.Caller with { Subject = other }));
        await host.Sessions.TerminateAsync(owner.Caller, browser.Id);
        Assert.Null(await Codes(host).FindOrMakeAsync(browser.Caller));
        Assert.Equal(0, Count(host));

        Assert.NotNull(await Codes(host).FindOrMakeAsync(owner.Caller));
        var row = Assert.Single(host.Rows.Query("SELECT * FROM \"SupportCodes\""));
        Assert.Equal((owner.Caller.Subject.Value, owner.Id.Value), (Guid.Parse((string)row["UserId"]!), Guid.Parse((string)row["SessionId"]!)));
    }

    // Guard: SessionKey.Matches in FindOrMakeForEndedAsync.
    [EachEngineFact]
    public async Task An_ended_sessions_code_goes_only_to_the_holder_of_its_key()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, browser) = (await host.SignInAsync(), await host.SignInAsync());
        Assert.Null(await Codes(host).FindOrMakeForEndedAsync(browser.Id, browser.Key));
        await host.Sessions.TerminateAsync(owner.Caller, browser.Id);

        foreach (var key in new[] { "", "garbage", owner.Key, SessionKey.New().Reveal() })
            Assert.Null(await Codes(host).FindOrMakeForEndedAsync(browser.Id, key));
        Assert.Null(await Codes(host).FindOrMakeForEndedAsync(SessionId.New(TestClock.Start), browser.Key));
        Assert.Equal(0, Count(host));

        var code = await Codes(host).FindOrMakeForEndedAsync(browser.Id, browser.Key);
        Assert.NotNull(code);
        Assert.Equal(code, await Codes(host).FindOrMakeForEndedAsync(browser.Id, browser.Key));
        Assert.Equal(1, Count(host));
    }

    private static SupportCodes Codes(CoreHost host) => host.Get<SupportCodes>();

    private static long Count(CoreHost host) => host.Rows.Number("SELECT COUNT(*) FROM \"SupportCodes\"");
}
