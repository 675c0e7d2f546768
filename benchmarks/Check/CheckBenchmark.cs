using System.Diagnostics;
using System.Globalization;
using System.Net;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Stage;
using Accounts.Web.Sessions;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Check;

/// <summary>
/// What the session check costs a request: the real application against the same one, with the same ticket, that asks nothing after it has read the cookie. Both answer
/// the smallest request that needs a sign-in, over loopback, in turns within one run; the clients are in the same process and allocate nothing.
/// </summary>
internal sealed class CheckBenchmark
{
    private const int Connections = 4;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly List<Rates> _checked = [];
    private readonly List<Rates> _bare = [];

    public static async Task<int> RunAsync(int rounds)
    {
        using var folder = new TemporaryFolder();
        using var otherFolder = new TemporaryFolder();
        await using var checking = new Application(folder);
        await using var bare = new Application(otherFolder, services => services.PostConfigure<CookieAuthenticationOptions>(
            SessionCookie.Scheme, o => o.Events.OnValidatePrincipal = _ => Task.CompletedTask));
        Machine.Print(folder);
        var (one, session) = await SignInAsync(checking);
        var (other, otherSession) = await SignInAsync(bare);
        await new CheckBenchmark().RepeatAsync(rounds, one, other);

        // One has checked and the other has not: when the sessions are over, only one notices.
        await checking.Get<SessionService>().SignOutAsync(session);
        await bare.Get<SessionService>().SignOutAsync(otherSession);
        if (await IsAnsweredAsync(one) || !await IsAnsweredAsync(other))
            throw new InvalidOperationException("It was not the session check that was measured.");
        return 0;
    }

    private static async Task<((Uri Page, string Cookie), Caller)> SignInAsync(Application application)
    {
        var (caller, cookie) = await application.SignInAsync(await application.StartAsync());
        return ((new Uri(application.Url, SessionEndpoints.StatePath), cookie), caller);
    }

    private static async Task<bool> IsAnsweredAsync((Uri Page, string Cookie) at)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, at.Page);
        request.Headers.Add("Cookie", at.Cookie);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.NoContent;
    }

    private async Task RepeatAsync(int rounds, (Uri, string) checking, (Uri, string) bare)
    {
        for (var i = 0; i < 3; i++)
        {
            await MeasureAsync(checking);
            await MeasureAsync(bare);
        }

        for (var i = 0; i < rounds; i++)
        {
            _checked.Add(await MeasureAsync(checking));
            _bare.Add(await MeasureAsync(bare));
        }

        var ratio = Median(_checked.Zip(_bare, (one, other) => one.Requests / other.Requests));
        Print("with the session check", _checked);
        Print("with a bare cookie", _bare);
        var bytes = Median(_checked.Select(r => r.Bytes)) - Median(_bare.Select(r => r.Bytes));
        var time = Median(_checked.Zip(_bare, (one, other) => one.Microseconds - other.Microseconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the check: {ratio:F3} of the throughput, {time:F2} µs of processor and {bytes:F0} bytes more a request (medians of {rounds} rounds in turns, client included in both)"));
        Console.WriteLine($"target: >= 0.95 of the throughput: {(ratio >= 0.95 ? "held" : "MISSED")}");
        Console.WriteLine($"target: <= 64 bytes more a request: {(bytes <= 64 ? "held" : "MISSED")}");
    }

    private static async Task<Rates> MeasureAsync((Uri Page, string Cookie) at)
    {
        var open = new List<Connection>();
        for (var i = 0; i < Connections; i++)
            open.Add(await Connection.OpenAsync(at.Page, at.Cookie));

        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var begun = Stopwatch.GetTimestamp();
        var until = begun + (long)(Turn.TotalSeconds * Stopwatch.Frequency);
        var answered = (await Task.WhenAll(open.Select(connection => Task.Run(() => connection.RepeatAsync(until, TimeProvider.System))))).Sum();
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        open.ForEach(connection => connection.Dispose());
        return new Rates(answered / seconds, processor.TotalMicroseconds / answered, allocated / (double)answered);
    }

    private static void Print(string name, List<Rates> rates) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-24} {Median(rates.Select(r => r.Requests)),8:N0} requests a second   {Median(rates.Select(r => r.Microseconds)),6:F1} µs of processor   {Median(rates.Select(r => r.Bytes)),7:F0} bytes a request"));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private sealed record Rates(double Requests, double Microseconds, double Bytes);
}
