using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Health;

/// <summary>The disk of the PostgreSQL server is full: what pages and monitoring say until there is room again.</summary>
public sealed class FullDiskTests
{
    private const string Ada = "ada@example.test";

    // Guard: WasFull in AccountsDatabase.
    [Fact]
    public async Task Pages_and_readiness_report_a_full_disk_and_recover_by_themselves()
    {
        await using var disk = await SmallDisk.StartAsync();
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock,
            settings: [.. TestDatabase.Of(disk.ConnectionString), ("SignIn:AttemptsPerAccount", "1000")]);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var stranger = site.Visit();
        var signIn = await stranger.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        Assert.StartsWith("""200 {"status":"Healthy",""", await ReadyAsync(), StringComparison.Ordinal);

        disk.FillUp();
        // The tables' own pages have room for a few sessions more.
        var status = HttpStatusCode.Redirect;
        while (status == HttpStatusCode.Redirect)
        {
            using var another = site.Visit();
            using var answer = await another.SignInAsync(Ada, AccountsSite.Password);
            status = answer.StatusCode;
        }

        using (var refused = await stranger.PostAsync("/sign-in", signIn))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("Nothing changed. Try again in a moment.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var ready = await ReadyAsync();
        Assert.StartsWith("""503 {"status":"Unhealthy",""", ready, StringComparison.Ordinal);
        Assert.Contains("The disk of the database is full. Make room.", ready, StringComparison.Ordinal);
        Assert.True(await owner.IsSignedInAsync());

        disk.MakeRoom();
        // It's ready again without anybody's write.
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.StartsWith("""200 {"status":"Healthy",""", await ReadyAsync(), StringComparison.Ordinal);
        using (var entered = await stranger.PostAsync("/sign-in", signIn))
            Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.StartsWith("""200 {"status":"Healthy",""", await ReadyAsync(), StringComparison.Ordinal);
        await site.TerminateAsync(owner, stranger);
        Assert.False(await stranger.IsSignedInAsync());

        // An answer counts for a second, so the clock moves on first.
        async Task<string> ReadyAsync()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            using var monitor = site.Visit();
            using var answer = await monitor.GetAsync("/health/ready");
            return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
    }
}
