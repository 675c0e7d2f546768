using System.Net;
using System.Net.Sockets;
using System.Text;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Accounts.Web.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Accounts.Tests.Web.Metrics;

/// <summary>The exported metrics, as Prometheus, Grafana and a collector get them.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Ada = "ada@example.test";
    private const string Told = "accounts_push_told_duration_seconds";
    private const string Confirmed = "accounts_push_confirmed_duration_seconds";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();

    private (string, string) Database => ("Storage:Path", _folder.File("accounts.db"));

    // Guards: AddMeter in MetricsExport, and each instrument.
    [Fact]
    public async Task What_happens_is_exported_and_the_dashboard_asks_for_nothing_else()
    {
        var metrics = Free();
        await using var application = AccountsProcess.Run(
            null, Database, ("Metrics:Listen", metrics.OriginalString), ("SignIn:AttemptsPerAccount", "1"), ("Sessions:FlushInterval", "00:00:00.1"),
            ("Sessions:SweepInterval", "00:00:00.1"));
        await using var page = await ActAsync(await application.ListeningAsync());

        var scrape = await ScrapeAsync(metrics);
        await Patience.UntilAsync(async () =>
        {
            scrape = await ScrapeAsync(metrics);
            return scrape["accounts_sessions_live"] == 1 && scrape["accounts_activity_flush_size_count"] > 0
                && scrape["accounts_pages_open"] == 1;
        });
        foreach (var (series, value) in new (string, double)[]
        {
            ("accounts_sessions_started_total{accounts_session_kind=\"browser\"}", 2),
            ("accounts_sessions_started_total{accounts_session_kind=\"support_view\"}", 0),
            ("accounts_sessions_ended_total{accounts_session_end_reason=\"terminated\"}", 1),
            ("accounts_sessions_ended_total{accounts_session_end_reason=\"expired\"}", 0),
            ("accounts_gate_refused_total{accounts_gate_reason=\"replaced_key\"}", 0),
            (Told + "_count", 1),
            (Confirmed + "_count", 1),
            ("accounts_password_hashing_duration_seconds_count{accounts_password_hashing_priority=\"stranger\"}", 3),
            ("accounts_sign_in_counted_total{accounts_sign_in_limit=\"account\"}", 1),
            ("accounts_sign_in_counted_total{accounts_sign_in_limit=\"registration\"}", 1),
            ("accounts_sign_in_throttled_total{accounts_sign_in_limit=\"account\"}", 1),
            ("accounts_sign_in_throttled_total{accounts_sign_in_limit=\"address\"}", 0),
        })
            Assert.Equal((series, value), (series, scrape[series]));
        Assert.True(scrape["accounts_gate_refused_total{accounts_gate_reason=\"ended\"}"] > 0);
        Assert.True(scrape[Told + "_sum"] > 0 && scrape[Told + "_sum"] < scrape[Confirmed + "_sum"]);
        Assert.Equal(("histogram", "counter", "gauge"), (
            scrape.TypeOf(Told), scrape.TypeOf("accounts_sessions_ended_total"), scrape.TypeOf("accounts_sessions_live")));
        // The unit is the name's end, and what is counted isn't.
        Assert.Contains("accounts_storage_log_size_bytes", scrape.Names, StringComparer.Ordinal);
        // Its own requests count nowhere.
        Assert.DoesNotContain("/metrics", await TextAsync(metrics), StringComparison.Ordinal);

        var queries = Dashboard.Expressions(Repository.Read("docs/grafana/accounts.json"));
        Assert.True(queries.Count > 40);
        Assert.Equal("", string.Join('\n', queries.SelectMany(query => Dashboard.Missing(query, scrape)).Distinct(StringComparer.Ordinal)));
        Assert.Equal(["accounts_sessions_alive"], Dashboard.Missing("sum(accounts_sessions_alive{instance=~\"$instance\"})", scrape));
        Assert.Equal(["accounts_sessions_live{kind}"], Dashboard.Missing("sum by (kind) (accounts_sessions_live)", scrape));
        Assert.Equal(["accounts_sessions_live{kind}"], Dashboard.Missing("accounts_sessions_live{kind=\"browser\"}", scrape));
    }

    // Every instrument is in the table of docs/operations.md, with its kind, its unit and its tags, and nothing else is.
    [Fact]
    public async Task The_table_of_instruments_is_complete()
    {
        var metrics = Free();
        await using var application = AccountsProcess.Run(null, Database, ("Metrics:Listen", metrics.OriginalString));
        await using var page = await ActAsync(await application.ListeningAsync());
        var scrape = await ScrapeAsync(metrics);
        await Patience.UntilAsync(async () => (scrape = await ScrapeAsync(metrics))["accounts_activity_flush_size_count"] > 0);
        var table = Repository.Read("docs/operations.md").Split("## Metrics\n")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith("| `accounts.", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 7)
            .ToDictionary(cells => cells[1].Trim('`'), StringComparer.Ordinal);
        var documented = table.Values.Select(cells => $"{Exported(cells)} {string.Join(' ', Tags(cells).Order(StringComparer.Ordinal))}".TrimEnd());
        var exported = scrape.Families.Where(family => family.StartsWith("accounts_", StringComparison.Ordinal)).Select(family =>
        {
            var name = scrape.TypeOf(family) is "histogram" ? family + "_count" : family;
            return $"{family} {string.Join(' ', scrape.LabelsOf(name).Order(StringComparer.Ordinal))}".TrimEnd();
        });
        Assert.Equal(string.Join('\n', exported.Order(StringComparer.Ordinal)), string.Join('\n', documented.Order(StringComparer.Ordinal)));
        foreach (var cells in table.Values)
        {
            var type = cells[2] switch { "counter" => "counter", "histogram" => "histogram", _ => "gauge" };
            Assert.Equal((cells[1], type), (cells[1], scrape.TypeOf(Exported(cells))));
        }
    }

    // Guard: a server of its own in MetricsListener, and IsScrape.
    [Fact]
    public async Task Only_the_own_address_has_metrics_and_it_has_nothing_else()
    {
        var metrics = Free();
        await using var application = AccountsProcess.Run(null, Database, ("Metrics:Listen", metrics.OriginalString));
        var main = await application.ListeningAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(new Uri(metrics, "/metrics")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(new Uri(main, "/sign-in")));

        foreach (var host in new[] { null, metrics.Authority, main.Authority, "metrics" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(new Uri(main, "/metrics"), host));
            foreach (var path in new[] { "/", "/sign-in", "/health/live", "/metrics/", "/metrics/all", "/Metrics", "/_blazor" })
                Assert.Equal((path, HttpStatusCode.NotFound), (path, await AskAsync(new Uri(metrics, path), host)));
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(new Uri(metrics, "/metrics"), host, HttpMethod.Post));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(new Uri(metrics, "/metrics"), host));
        }

        Assert.DoesNotContain($":{metrics.Port}", application.Output, StringComparison.Ordinal);
    }

    // Guard: the early return in MetricsExport.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_OpenTelemetry_runs_unless_a_setting_asks_for_it(bool asked)
    {
        var (settings, metrics) = (Array.Empty<(string, string)>(), Free());
        if (asked)
            settings = [("Metrics:Listen", metrics.OriginalString)];
        await using var site = AccountsSite.Start(settings: settings);
        Assert.Equal(asked, site.Services.GetService<MeterProvider>() is not null);
        if (asked)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(new Uri(metrics, "/metrics")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("http://127.0.0.1:9464", true)]
    [InlineData("http://localhost:9464/", true)]
    [InlineData("http://0.0.0.0:9464", true)]
    [InlineData("http://[::1]:9464", true)]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("127.0.0.1:9464", false)]
    [InlineData("9464", false)]
    [InlineData("https://127.0.0.1:9464", false)]
    [InlineData("http://example.test:9464", false)]
    [InlineData("http://*:9464", false)]
    [InlineData("http://127.0.0.1:0", false)]
    [InlineData("http://127.0.0.1:9464/metrics", false)]
    [InlineData("http://127.0.0.1:9464?a", false)]
    [InlineData("http://ada@127.0.0.1:9464", false)]
    public void An_address_to_listen_on_is_checked(string listen, bool valid) =>
        Assert.Equal(valid, new MetricsOptionsValidator().Validate(new MetricsOptions { Listen = listen }).IsValid);

    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://collector.example.test/otlp/", "https://collector.example.test/otlp/v1/metrics")]
    [InlineData("collector:4318", null)]
    [InlineData("ftp://collector.example.test", null)]
    [InlineData("https://ada:secret@collector.example.test", null)]
    [InlineData("https://collector.example.test?key=1", null)]
    public void A_collectors_address_is_checked(string endpoint, string? metrics)
    {
        Assert.Equal(metrics, MetricsOptions.ReadEndpoint(endpoint)?.AbsoluteUri);
        Assert.Equal(metrics is not null, new MetricsOptionsValidator().Validate(new MetricsOptions { OtlpEndpoint = endpoint }).IsValid);
    }

    // Guard: AddStrictOptions in MetricsExport.
    [Fact]
    public async Task Invalid_settings_stop_the_start_with_a_line_for_each()
    {
        await using var application = AccountsProcess.Run(
            null, Database, ("Metrics:Listen", "9464"), ("Metrics:OtlpEndpoint", "collector"), ("Metrics:Port", "9464"));
        Assert.Equal(1, await application.ExitAsync());
        foreach (var line in new[]
        {
            "Metrics:Listen: must be empty, or an http address",
            "Metrics:OtlpEndpoint: must be empty, or the http or https address of a collector",
            "Metrics:Port: unknown setting. Use one of Listen, OtlpEndpoint.",
        })
            Assert.Contains(line, application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", application.Output, StringComparison.Ordinal);
    }

    // Guard: the catch in MetricsListener.StartAsync.
    [Fact]
    public async Task A_taken_address_is_named_with_its_setting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var application = AccountsProcess.Run(null, Database, ("Metrics:Listen", taken));
        Assert.Equal(1, await application.ExitAsync());
        Assert.Contains($"Metrics can't listen on {taken}: ", application.Output, StringComparison.Ordinal);
        Assert.Contains("choose another address with Metrics:Listen.", application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--urls", application.Output, StringComparison.Ordinal);
    }

    // Guard: AddOtlpExporter in MetricsExport.
    [Fact]
    public async Task A_collector_gets_the_metrics_as_OTLP()
    {
        var arrived = new TaskCompletionSource<(string Method, string Path, string? Type)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // Protobuf keeps texts as they are.
            if (Encoding.UTF8.GetString(body.ToArray()).Contains("accounts.sessions.ended", StringComparison.Ordinal))
                arrived.TrySetResult((context.Request.Method, context.Request.Path.Value!, context.Request.ContentType));
        });
        await collector.StartAsync();

        await using var application = AccountsProcess.Run(
            null, Database, ("Metrics:OtlpEndpoint", collector.Urls.Single()), ("OTEL_METRIC_EXPORT_INTERVAL", "100"));
        await application.ListeningAsync();
        Assert.Equal(("POST", "/v1/metrics", "application/x-protobuf"), await arrived.Task.WaitAsync(Patience.Limit));
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private static Uri Free() => new($"http://127.0.0.1:{AccountsProcess.FreePort()}");

    /// <summary>Two browsers sign in, one ends the other's session, that one leaves, and a stranger guesses twice. One page stays open.</summary>
    private static async Task<RawCircuit> ActAsync(Uri address)
    {
        using var owner = new Visitor(address, Visitor.Chrome);
        using (await owner.SubmitAsync("/register", ("Input.Name", "Ada Lovelace"), ("Input.Email", Ada), ("Input.Password", AccountsSite.Password)))
            Assert.True(await owner.IsSignedInAsync());
        using var other = new Visitor(address, Visitor.Phone);
        using (await other.SignInAsync(Ada, AccountsSite.Password))
            Assert.True(await other.IsSignedInAsync());
        var sessions = new Uri(address, "/settings/sessions");
        await using var ending = await RawCircuit.OpenAsync(sessions, other.CookieHeader, await other.ReadAsync(sessions.AbsolutePath));
        var page = await RawCircuit.OpenAsync(sessions, owner.CookieHeader, await owner.ReadAsync(sessions.AbsolutePath));
        await page.WaitForBatchAsync(p => p.FindClickHandler("Terminate") is not null, Patience.Limit);
        await page.ClickAsync("Terminate");
        await page.WaitForBatchAsync(p => p.FindClickHandler("Cancel") is not null, Patience.Limit);
        await page.ConfirmAsync("Terminate");
        await ending.NavigationPushed.WaitAsync(Patience.Limit);
        await other.ReadAsync("/signed-out");
        Assert.False(await other.IsSignedInAsync());

        using var stranger = new Visitor(address, Visitor.Chrome);
        for (var i = 0; i < 2; i++)
        {
            using var refused = await stranger.SignInAsync(Ada, "not the password");
            Assert.NotEqual(HttpStatusCode.Redirect, refused.StatusCode);
        }

        return page;
    }

    /// <summary>The name of an instrument's family in Prometheus, by its row of the table.</summary>
    private static string Exported(string[] row)
    {
        var unit = row[3].Trim('`') switch { "s" => "_seconds", "By" => "_bytes", "d" => "_days", _ => "" };
        return row[1].Trim('`').Replace('.', '_') + unit + (row[2] is "counter" ? "_total" : "");
    }

    private static IEnumerable<string> Tags(string[] row) => row[4].Split('`').Where(text => text.StartsWith("accounts.", StringComparison.Ordinal))
        .Select(tag => tag.Replace('.', '_'));

    private async Task<HttpStatusCode> AskAsync(Uri address, string? host = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, address);
        request.Headers.Host = host;
        if (host is not null)
        {
            request.Headers.Add("X-Forwarded-Host", host);
            request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        }

        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<string> TextAsync(Uri metrics) => _http.GetStringAsync(new Uri(metrics, "/metrics"));

    private async Task<Scrape> ScrapeAsync(Uri metrics) => new(await TextAsync(metrics));
}
