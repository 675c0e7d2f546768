using System.Net;
using System.Text.Json;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Accounts.Tests.Web.Health;

/// <summary>What monitoring learns about the server's state. Asking costs next to nothing.</summary>
public sealed class HealthTests
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task A_server_with_its_database_is_alive_and_ready()
    {
        await using var site = AccountsSite.Start();
        Assert.Equal("""200 {"status":"Healthy","checks":{}}""", await AskAsync(site, "/health/live"));
        Assert.Matches(
            """^200 [{]"status":"Healthy","checks":[{]"database":[{]"status":"Healthy"[}],"geolocation":"""
                + """[{].*"status":"Healthy"[}],"server":[{]"status":"Healthy"[}][}][}]$""",
            await AskAsync(site, "/health/ready"));
    }

    [EachEngineFact]
    public async Task A_server_without_its_database_is_alive_but_not_ready()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        site.Gate.FailCommand(DatabaseProbes.Statement);
        Assert.StartsWith("""503 {"status":"Unhealthy","checks":{"database":{"status":"Unhealthy","description":"The database did not answer."}""",
            await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
        Assert.StartsWith("200 ", await AskAsync(site, "/health/live"), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("200 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
    }

    // Guard: the commit in DatabaseProbe. Unlike the test above, everything can still be read.
    [EachEngineFact]
    public async Task A_database_that_saves_nothing_is_reported_until_it_saves_again()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        site.Gate.FailCommit();
        Assert.StartsWith(
            "503 {\"status\":\"Unhealthy\",\"checks\":{\"database\":{\"status\":\"Unhealthy\",\"description\":\"The database did not answer.\"}",
            await AskAsync(site, "/health/ready"),
            StringComparison.Ordinal);
        Assert.True(await owner.IsSignedInAsync());

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("200 {\"status\":\"Healthy\"", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task Concurrent_requests_share_one_database_probe()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        var stop = site.Gate.StopCommand(DatabaseProbes.Statement);
        var first = AskAsync(site, "/health/ready");
        await stop.Arrived;
        // If another probe reached the database, it would fail.
        site.Gate.FailCommand(DatabaseProbes.Statement);
        clock.Advance(TimeSpan.FromSeconds(4));
        var check = site.Get<DatabaseCheck>();
        var others = Enumerable.Range(0, 5).Select(_ => check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)).ToList();
        stop.Release();
        Assert.StartsWith("200 ", await first, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(HealthStatus.Healthy, answer.Status));
        Assert.StartsWith("503 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probes_result_is_reused_for_a_second()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        Assert.StartsWith("200 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
        site.Gate.FailCommand(DatabaseProbes.Statement);
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.StartsWith("200 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("503 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_server_is_alive_but_not_ready()
    {
        var held = new HeldStop();
        await using var site = AccountsSite.Start(services: services => services.AddHostedService(_ => held));
        Assert.StartsWith("200 ", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
        site.Get<IHostApplicationLifetime>().StopApplication();
        try
        {
            Assert.Contains("""503 {"status":"Unhealthy",""", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
            Assert.Contains("The server is stopping.", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
            Assert.StartsWith("200 ", await AskAsync(site, "/health/live"), StringComparison.Ordinal);
        }
        finally
        {
            held.Release();
        }
    }

    [Fact]
    public async Task The_geolocation_database_is_named_with_its_licence()
    {
        await using var site = AccountsSite.Start(new TestClock());
        Assert.Matches(
            """
            [{]"name":"DB-IP Lite","type":"DB1","date":"20[0-9]{2}-[0-9]{2}-[0-9]{2}",
            "attribution":"IP Geolocation by DB-IP, https://db-ip.com/",
            "licence":"CC BY 4.0, https://creativecommons.org/licenses/by/4.0/","status":"Healthy"[}]
            """.ReplaceLineEndings(""),
            await AskAsync(site, "/health/ready"));
    }

    [Fact]
    public async Task Old_geolocation_data_is_told_and_degrades_nothing()
    {
        await using var site = AccountsSite.Start(new TestClock(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var answer = await AskAsync(site, "/health/ready");
        Assert.StartsWith("""200 {"status":"Healthy",""", answer, StringComparison.Ordinal);
        Assert.Matches("\"date\":\"2026-[0-9]{2}-[0-9]{2}\",\"old\":true,", answer);
    }

    [Fact]
    public async Task An_unreadable_geolocation_file_degrades_without_revealing_its_path()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("own.bin"), PlaceData.Small(type: 1).Write());
        await using var site = AccountsSite.Start(settings: [("Geolocation:Path", folder.File("own.bin"))]);
        Assert.StartsWith("""200 {"status":"Healthy",""", await AskAsync(site, "/health/ready"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("own.bin"), "PK");
        site.Get<PlaceUpkeep>().Check();
        var answer = await AskAsync(site, "/health/ready");
        Assert.StartsWith("""200 {"status":"Degraded",""", answer, StringComparison.Ordinal);
        Assert.Contains("Accounts refused a newer geolocation file.", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.File(""), answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_failure_is_not_described()
    {
        await using var site = AccountsSite.Start(services: services => services.AddHealthChecks()
            .AddCheck("broken", () => throw new InvalidOperationException("/srv/accounts/secret"))
            .AddCheck("described", () => HealthCheckResult.Healthy("As it should be.")));
        var answer = await AskAsync(site, "/health/ready");
        Assert.Contains(""""broken":{"status":"Unhealthy"}"""", answer, StringComparison.Ordinal);
        Assert.Contains("As it should be.", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Answers_are_uncached_JSON_without_cookies(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [EachEngineFact]
    public async Task Health_requests_are_no_activity_and_look_up_no_session()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        await owner.ReadAsync("/settings");
        var seen = (await site.FindSessionAsync(owner)).LastActivityAt;

        // After two idle hours the session is no longer cached, so a lookup would query the database and fail.
        clock.Advance(TimeSpan.FromHours(2));
        await site.Get<SessionUpkeep>().SweepAsync();
        // Catches only lookups: the sweeper that the clock woke may be running as well.
        site.Gate.FailCommand("FROM \"Sessions\" AS");
        foreach (var path in new[] { "/health/live", "/health/ready" })
            await owner.ReadAsync(path);
        using (var page = await owner.GetAsync("/settings"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);

        Assert.Equal(seen, (await site.FindSessionAsync(owner)).LastActivityAt);
        await owner.ReadAsync("/settings");
        Assert.Equal(clock.GetUtcNow(), (await site.FindSessionAsync(owner)).LastActivityAt);
    }

    [EachEngineFact]
    public async Task The_cores_probe_says_whether_the_database_answers()
    {
        await using var host = CoreHost.Start();
        var probe = host.Get<DatabaseProbe>();
        Assert.True(await probe.AnswersAsync());
        host.Gate.FailCommand(DatabaseProbes.Statement);
        Assert.False(await probe.AnswersAsync());
        Assert.True(await probe.AnswersAsync());
    }

    private static async Task<string> AskAsync(AccountsSite site, string path)
    {
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        using var json = JsonDocument.Parse(body);
        return $"{(int)answer.StatusCode} {body}";
    }

    /// <summary>Holds a server in its stopping state until it is released.</summary>
    private sealed class HeldStop : IHostedLifecycleService
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.TrySetResult();

        public Task StoppingAsync(CancellationToken cancellationToken) => _released.Task;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
