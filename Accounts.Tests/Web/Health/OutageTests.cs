using System.Net;
using Accounts.Core.Storage;
using Accounts.Stage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Health;

/// <summary>A PostgreSQL server that goes away and comes back: what pages and monitoring say, and what holds afterwards.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private const string Ada = "ada@example.test";
    private const string NewPassword = "another long passphrase";

    private readonly TestClock _clock = new();
    private PostgreSqlServer _server = null!;
    private PostgreSqlDatabase _database = null!;
    private AccountsSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgreSql.StartOwnServerAsync();
        _database = await _server.CreateDatabaseAsync();
        // The clock stands still, so that no background round commits where a test expects its own commit.
        _site = AccountsSite.Start(_clock, settings: TestDatabase.Of(_database.ConnectionString));
        await _site.RegisterAsync(Ada);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Pages_and_readiness_report_an_outage_and_recover_by_themselves()
    {
        using var owner = await _site.SignInAsync(Ada);
        using var other = await _site.SignInAsync(Ada, Visitor.Phone);
        using var stranger = _site.Visit();
        var signIn = await stranger.FillAsync("/sign-in", ("Input.Email", Ada), ("Input.Password", AccountsSite.Password));
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync());

        await _server.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync());
        using (var live = await stranger.GetAsync("/health/live"))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        foreach (var answer in new[] { await owner.GetAsync("/settings/sessions"), await stranger.PostAsync("/sign-in", signIn) })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("Nothing changed. Try again in a moment.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await _server.StartAgainAsync();
        await RecoverAsync();
        Assert.True(await owner.IsSignedInAsync());
        await _site.TerminateAsync(owner, other);
        Assert.False(await other.IsSignedInAsync());
        using var entered = await stranger.PostAsync("/sign-in", signIn);
        Assert.True(await stranger.IsSignedInAsync());
    }

    [Fact]
    public async Task An_open_page_reports_an_outage_and_continues_afterwards()
    {
        using var owner = await _site.SignInAsync(Ada);
        using var other = await _site.SignInAsync(Ada, Visitor.Phone);
        await using var page = await _site.OpenAsync(owner);
        await page.WaitForBatchAsync(p => p.FindClickHandler("Terminate") is not null, Patience.Limit);
        await page.ClickAsync("Terminate");
        await page.WaitForBatchAsync(p => p.FindClickHandler("Cancel") is not null, Patience.Limit);

        await _server.StopAsync(crash: true);
        await page.ConfirmAsync("Terminate");
        await page.WaitForBatchAsync(
            p => p.Page.Text.Contains("Couldn't terminate it. Nothing changed. Try again.", StringComparison.Ordinal), Patience.Limit);

        await _server.StartAgainAsync();
        await RecoverAsync();
        Assert.True(await other.IsSignedInAsync());
        await page.ConfirmAsync("Terminate");
        await page.WaitForBatchAsync(p => p.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        Assert.False(await other.IsSignedInAsync());
    }

    // The page waits 10 seconds for the server, and then says that it can't tell.
    [Fact]
    public async Task A_form_that_the_server_takes_with_it_may_or_may_not_have_worked()
    {
        using var owner = await _site.SignInAsync(Ada);
        using var other = await _site.SignInAsync(Ada, Visitor.Phone);
        Assert.True(await other.IsSignedInAsync());
        using var lost = await ChangePasswordAsync(owner, () => _server.StopAsync(crash: true));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.Contains("This may or may not have worked", await lost.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Memory proves nothing any more.
        using (var refused = await other.GetAsync("/settings"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        await _server.StartAgainAsync();
        await RecoverAsync();
        Assert.True(await other.IsSignedInAsync());
        using var again = await owner.PostAsync("/settings/password", await FillAsync(owner));
        Assert.Contains("Password changed.", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_form_whose_connection_alone_is_cut_changed_nothing()
    {
        using var owner = await _site.SignInAsync(Ada);
        using var lost = await ChangePasswordAsync(owner, () =>
        {
            using var rows = DatabaseRows.OfPostgreSql(_database.ConnectionString);
            Assert.Single(rows.Query(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND state = 'idle in transaction'"));
            return Task.CompletedTask;
        });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.Contains("Nothing changed. Try again in a moment.", await lost.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await _site.SignInAsync(Ada);
    }

    /// <summary>Changes the password and ends the other sessions. Just before the commit, something happens to the server.</summary>
    private async Task<HttpResponseMessage> ChangePasswordAsync(Visitor owner, Func<Task> happensBeforeCommit)
    {
        var fields = await FillAsync(owner);
        var commit = _site.Gate.StopCommit();
        var change = owner.PostAsync("/settings/password", fields);
        await commit.Arrived;
        await happensBeforeCommit();
        commit.Release();
        return await change;
    }

    private static Task<IReadOnlyDictionary<string, string>> FillAsync(Visitor owner) => owner.FillAsync(
        "/settings/password", ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", NewPassword),
        ("Input.EndOtherSessions", "true"));

    /// <summary>Waits until the application is ready again. Until it has its lock back, the clock stands still, so that proofs stay fresh.</summary>
    private Task RecoverAsync() => Patience.UntilAsync(async () =>
    {
        Patience.Until(() => _site.Get<IDatabaseStart>().IsKept);
        return await ReadyAsync() == HttpStatusCode.OK;
    });

    /// <summary>Asks for the server's readiness. An answer counts for a second, so the clock moves on first.</summary>
    private async Task<HttpStatusCode> ReadyAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var monitor = _site.Visit();
        using var answer = await monitor.GetAsync("/health/ready");
        return answer.StatusCode;
    }
}
