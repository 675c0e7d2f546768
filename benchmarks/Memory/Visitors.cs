using Accounts.Stage;
using Accounts.Tests.Fixtures.Circuits;

namespace Accounts.Benchmarks.Memory;

/// <summary>The process that holds the circuits open, so that its memory isn't counted. It opens a circuit for each input line, a cookie.</summary>
internal static class Visitors
{
    public const string Verb = "visitors";

    /// <summary>The answer for each open circuit.</summary>
    private const string Opened = "opened";

    /// <summary>The input line after which the process says when each circuit is sent to another page.</summary>
    private const string Watch = "watch";

    /// <summary>The answer for each circuit that was sent away.</summary>
    private const string Told = "told";

    /// <summary>Tells the other process to open a circuit for each cookie, and waits until all have rendered.</summary>
    public static async Task OpenAsync(ChildProcess visitors, IReadOnlyCollection<string> cookies)
    {
        foreach (var cookie in cookies)
        {
            await visitors.WriteAsync(cookie);
            if (await visitors.ReadAsync() is not Opened)
                throw new InvalidOperationException("A circuit could not be opened.");
        }
    }

    /// <summary>Tells the other process to say when a circuit is sent to another page. Open no more circuits afterwards.</summary>
    public static Task WatchAsync(ChildProcess visitors) => visitors.WriteAsync(Watch);

    /// <summary>Waits until one more circuit has been sent to another page.</summary>
    public static async Task SeeToldAsync(ChildProcess visitors)
    {
        if (await visitors.ReadAsync() is not Told)
            throw new InvalidOperationException("A circuit was not sent away.");
    }

    public static async Task<int> RunAsync(Uri page)
    {
        var open = new List<RawCircuit>();
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line is Watch)
            {
                open.ForEach(circuit => _ = ReportAsync(circuit));
                continue;
            }

            open.Add(await OpenAsync(page, line));
            Console.WriteLine(Opened);
        }

        foreach (var circuit in open)
            await circuit.DisposeAsync();
        return 0;
    }

    private static async Task ReportAsync(RawCircuit circuit)
    {
        await circuit.NavigationPushed;
        Console.WriteLine(Told);
    }

    private static async Task<RawCircuit> OpenAsync(Uri page, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Accept", "text/html");
        request.Headers.TryAddWithoutValidation("User-Agent", Browsers.Windows);
        using var answer = await http.SendAsync(request);
        var html = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        return await RawCircuit.OpenAsync(page, cookie, html, new RawCircuitOptions { Patience = TimeSpan.FromSeconds(60) });
    }
}
