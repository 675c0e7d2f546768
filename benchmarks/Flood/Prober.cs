using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Accounts.Benchmarks.Flood;

/// <summary>
/// The measuring process. One connection checks a session again and again. Another ends one session after the other, each given as an input line
/// (its cookie, a tab, its form's token). It prints each duration in milliseconds after its kind.
/// </summary>
internal static class Prober
{
    public const string Verb = "prober";
    public const string Check = "check";
    public const string Ending = "ending";

    // Pause between requests, so that the measurement isn't a load itself.
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BetweenEndings = TimeSpan.FromMilliseconds(50);

    /// <param name="site">The application.</param>
    /// <param name="cookie">The cookie of the session to check.</param>
    /// <param name="duration">How long to measure. Requests that have started by then are measured to their end.</param>
    public static async Task<int> RunAsync(Uri site, string cookie, TimeSpan duration)
    {
        var sessions = new Queue<string[]>();
        while (await Console.In.ReadLineAsync() is { } line)
            sessions.Enqueue(line.Split('\t'));

        var begun = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(Task.Run(CheckAsync), Task.Run(EndAsync));
        foreach (var line in results.SelectMany(lines => lines))
            Console.WriteLine(line);
        return 0;

        async Task<List<string>> CheckAsync()
        {
            using var connection = await PlainConnection.OpenAsync(site.Port);
            var request = Encoding.ASCII.GetBytes($"GET /session/state HTTP/1.1\r\nHost: {site.Authority}\r\nCookie: {cookie}\r\n\r\n");
            return await RepeatAsync(Check, 204, BetweenChecks, () => connection.SendAsync(request), () => true);
        }

        async Task<List<string>> EndAsync()
        {
            using var connection = await PlainConnection.OpenAsync(site.Port);
            return await RepeatAsync(
                Ending, 302, BetweenEndings, () => connection.SendAsync(SignOut(site, sessions.Dequeue())), () => sessions.Count > 0);
        }

        async Task<List<string>> RepeatAsync(string kind, int expected, TimeSpan pause, Func<Task<int>> send, Func<bool> goesOn)
        {
            var lines = new List<string>();
            while (Stopwatch.GetElapsedTime(begun) < duration && goesOn())
            {
                var sent = Stopwatch.GetTimestamp();
                if (await send() is var status && status != expected)
                    throw new InvalidOperationException($"The server answered a {kind} with status {status}.");
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} {Stopwatch.GetElapsedTime(sent).TotalMilliseconds}"));
                await Task.Delay(pause);
            }

            return lines;
        }
    }

    private static byte[] SignOut(Uri site, string[] session)
    {
        var body = $"__RequestVerificationToken={Uri.EscapeDataString(session[1])}";
        return Encoding.ASCII.GetBytes(
            $"POST /sign-out HTTP/1.1\r\nHost: {site.Authority}\r\nOrigin: {site.GetLeftPart(UriPartial.Authority)}\r\nCookie: {session[0]}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
