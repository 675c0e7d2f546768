using System.Globalization;
using System.Text;

namespace Accounts.Benchmarks.Flood;

/// <summary>
/// The flooding process: a number of concurrent clients, each with its own connection, try to sign in to accounts that don't exist. After each
/// response a client tries again at once, until the input ends. Then the process prints how often it got each status.
/// </summary>
internal static class Strangers
{
    public const string Verb = "strangers";

    /// <summary>The line that it prints when all clients are running.</summary>
    public const string AtWork = "at work";

    /// <param name="page">The sign-in page.</param>
    /// <param name="count">The number of concurrent clients.</param>
    /// <param name="manyNetworks">True: each attempt comes from its own /64. False: all attempts come from one address.</param>
    /// <param name="cookie">The cookies that a GET of the page set.</param>
    /// <param name="token">The value of the form's hidden field.</param>
    public static async Task<int> RunAsync(Uri page, int count, bool manyNetworks, string cookie, string token)
    {
        var attempts = 0;
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        using var ended = new CancellationTokenSource();
        var started = 0;
        var strangers = Enumerable.Range(0, count).Select(_ => Task.Run(async () =>
        {
            using var connection = await PlainConnection.OpenAsync(page.Port);
            if (Interlocked.Increment(ref started) == count)
                Console.WriteLine(AtWork);
            while (!ended.IsCancellationRequested)
            {
                var status = await connection.SendAsync(Request(Interlocked.Increment(ref attempts)));
                statuses.AddOrUpdate(status, 1, (_, before) => before + 1);
            }
        })).ToList();

        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        var seen = statuses.OrderBy(s => s.Key).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key}: {s.Value}"));
        Console.WriteLine(string.Join(", ", seen));
        await ended.CancelAsync();
        // Don't wait for requests that are still running.
        await Task.WhenAny(Task.WhenAll(strangers), Task.Delay(TimeSpan.FromSeconds(1)));
        return 0;

        byte[] Request(int number)
        {
            var body = $"_handler=sign-in&__RequestVerificationToken={Uri.EscapeDataString(token)}"
                + $"&Input.Email=nobody{number:D8}%40example.test&Input.Password=a+guess+of+{number:D8}";
            var address = manyNetworks ? $"2001:db8:{number >> 16:x}:{number & 0xffff:x}::1" : "2001:db8::1";
            return Encoding.ASCII.GetBytes(
                $"POST {page.PathAndQuery} HTTP/1.1\r\nHost: {page.Authority}\r\n"
                + $"Origin: {page.GetLeftPart(UriPartial.Authority)}\r\nCookie: {cookie}\r\n"
                + $"X-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }
}
