using System.Diagnostics;
using System.Globalization;
using System.Text;
using AngleSharp.Html.Parser;

namespace Accounts.Benchmarks.Enumeration;

/// <summary>
/// The asking process: one browser that sends one form again and again, each time with another address. It prints how long each answer took, in
/// milliseconds, after its series.
/// </summary>
internal static class Asker
{
    public const string Verb = "asker";

    /// <summary>Requests that aren't measured, at the beginning.</summary>
    private const int Warmup = 20;

    // What a request leaves to be done behind it, such as an email, must not slow the next one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>An address that has an account. All addresses are equally long.</summary>
    public static string Known(int number) => Address("known", number % EnumerationBenchmark.Accounts);

    /// <param name="site">The application.</param>
    /// <param name="name">The name of a <see cref="Way"/>.</param>
    /// <param name="count">Requests of each series.</param>
    public static async Task<int> RunAsync(Uri site, string name, int count)
    {
        var way = Way.All.Single(way => string.Equals(way.Name, name, StringComparison.Ordinal));
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site };
        var (cookie, token) = await OpenAsync(http, way.Path);
        for (var i = 0; i < Warmup; i++)
            await AskAsync(i % 2 == 0 ? Known(i) : Address("first", i));

        var all = Enum.GetValues<Series>();
        for (var i = 0; i < count; i++)
        {
            // Each series is the first, the second and the third equally often.
            for (var turn = 0; turn < all.Length; turn++)
            {
                var series = all[(i + turn) % all.Length];
                var took = await AskAsync(series switch
                {
                    Series.Known => Known(i),
                    Series.Unknown => Address("other", i),
                    _ => Address("again", i),
                });
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series} {took.TotalMilliseconds}"));
            }
        }

        return 0;

        async Task<TimeSpan> AskAsync(string email)
        {
            await Task.Delay(Pause);
            var body = $"_handler={way.Form}&__RequestVerificationToken={Uri.EscapeDataString(token)}"
                + $"&Input.Email={Uri.EscapeDataString(email)}{way.More}";
            using var request = new HttpRequestMessage(HttpMethod.Post, way.Path);
            request.Content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded");
            request.Headers.Add("Accept", "text/html");
            request.Headers.Add("Origin", site.GetLeftPart(UriPartial.Authority));
            request.Headers.Add("Cookie", cookie);
            var sent = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            var took = Stopwatch.GetElapsedTime(sent);
            return text.Contains(way.Answer, StringComparison.Ordinal)
                ? took
                : throw new InvalidOperationException($"The answer to {email} at {way.Path} was {(int)answer.StatusCode}, without \"{way.Answer}\".");
        }
    }

    private static string Address(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number:D6}@example.test");

    private static async Task<(string Cookie, string Token)> OpenAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        using var answer = await http.SendAsync(request);
        var page = new HtmlParser().ParseDocument(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return (
            string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(text => text.Split(';')[0])),
            page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!);
    }
}
