using System.Globalization;
using Accounts.Stage;
using AngleSharp.Html.Parser;

namespace Accounts.Benchmarks.Flood;

/// <summary>
/// How long an ending and a session check take over HTTP in the real application, during a flood of sign-ins to accounts that don't exist. It
/// measures with the default limit on password hashing and without it. The flood and the measurement run in their own processes on the same
/// machine.
/// </summary>
internal sealed class FloodBenchmark(int seconds)
{
    /// <summary>More endings than the measurement needs.</summary>
    private const int EndingsASecond = 20;

    /// <summary>As many concurrent hashes as clients, so there is no limit.</summary>
    private static readonly (string Key, string Value)[] WithoutBound =
        [("PasswordHashing:Concurrency", "300"), ("PasswordHashing:WaitingPerHash", "1")];

    public static async Task<int> RunAsync(int seconds)
    {
        using (var folder = new TemporaryFolder())
            Machine.Print(folder);
        var benchmark = new FloodBenchmark(seconds);
        await benchmark.MeasureAsync("no flood", 0, manyNetworks: true);
        foreach (var (count, manyNetworks) in new[] { (48, true), (300, true), (300, false) })
        {
            var name = $"{count} strangers, {(manyNetworks ? "a /64 for each attempt" : "one address")}";
            var (endings, checks) = await benchmark.MeasureAsync(name, count, manyNetworks);
            Target.Print("ending p99", endings.Percentile(0.99), 100);
            Target.Print("session check p99", checks.Percentile(0.99), 20);
        }

        foreach (var count in new[] { 48, 300 })
            await benchmark.MeasureAsync($"{count} strangers, a /64 for each attempt, WITHOUT the limit", count, manyNetworks: true, WithoutBound);
        return 0;
    }

    private async Task<(Latencies Endings, Latencies Checks)> MeasureAsync(
        string name, int strangers, bool manyNetworks, params (string Key, string Value)[] settings)
    {
        using var folder = new TemporaryFolder();
        await using var application = new Application(
            folder, settings: [("SignIn:AttemptsPerAddress", "50"), ("Network:KnownProxies:0", "127.0.0.1"), .. settings]);
        var person = await application.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = application.Url };
        var watcher = (await application.SignInAsync(person)).Cookie;
        var sessions = new List<string>();
        for (var i = 0; i < EndingsASecond * seconds; i++)
        {
            var (_, cookie) = await application.SignInAsync(person);
            var (set, token) = await OpenAsync(http, "/settings", cookie);
            sessions.Add($"{cookie}; {set}\t{token}");
        }

        var port = application.Url.GetLeftPart(UriPartial.Authority);
        await using var prober = new ChildProcess(Prober.Verb, port, watcher, seconds.ToString(CultureInfo.InvariantCulture));
        foreach (var line in sessions)
            await prober.WriteAsync(line);

        var (form, formToken) = await OpenAsync(http, "/sign-in", "");
        await using var flood = strangers == 0
            ? null
            : new ChildProcess(
                Strangers.Verb, $"{port}/sign-in", strangers.ToString(CultureInfo.InvariantCulture), manyNetworks.ToString(), form, formToken);
        if (flood is not null && await flood.ReadAsync() is not Strangers.AtWork)
            throw new InvalidOperationException("The flooding process did not start.");

        var (endings, checks) = (new Latencies(), new Latencies());
        foreach (var line in await prober.FinishAsync())
        {
            var (kind, duration) = (line.Split(' ')[0], double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            (kind is Prober.Ending ? endings : checks).Add(duration);
        }

        Console.WriteLine($"{name}{(flood is null ? "" : $"; answered {string.Join(' ', await flood.FinishAsync())}")}");
        endings.Print("   ending, until it is acknowledged");
        checks.Print("   session check");
        return (endings, checks);
    }

    private static async Task<(string Cookie, string Token)> OpenAsync(HttpClient http, string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        if (cookie.Length > 0)
            request.Headers.Add("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        var page = new HtmlParser().ParseDocument(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        var set = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join("; ", cookies.Select(text => text.Split(';')[0])) : "";
        return (set, page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!);
    }
}
