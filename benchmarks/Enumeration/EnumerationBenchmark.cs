using System.Globalization;
using Accounts.Stage;

namespace Accounts.Benchmarks.Enumeration;

/// <summary>
/// Whether the time of an answer tells if an address has an account: at sign-in, registration, reset and sign-in link. Requests for addresses with
/// and without an account take turns, in another process. A third series, without an account too, shows how much two equal series differ.
/// </summary>
internal static class EnumerationBenchmark
{
    /// <summary>The accounts that requests name in turn, so that none of them reaches a limit.</summary>
    public const int Accounts = 20;

    /// <param name="count">Requests of each series.</param>
    public static async Task<int> RunAsync(int count)
    {
        using var folder = new TemporaryFolder();
        Machine.Print(folder);
        await using var application = new Application(
            folder,
            settings:
            [
                ("Mail:Folder", Path.Combine(folder.Path, "mail")), ("Mail:From", "Accounts <accounts@example.test>"),
                ("Mail:BaseAddress", "http://localhost"), ("Outbox:LinksPerHour", "1000"),
            ]);
        application.StartServer();
        for (var i = 0; i < Accounts; i++)
            await application.RegisterAsync("Ada Lovelace", Asker.Known(i));

        foreach (var way in Way.All)
        {
            await using var asker = new ChildProcess(
                Asker.Verb, application.Url.GetLeftPart(UriPartial.Authority), way.Name, count.ToString(CultureInfo.InvariantCulture));
            var series = Enum.GetValues<Series>().ToDictionary(kind => kind, _ => new Latencies());
            foreach (var line in await asker.FinishAsync())
                series[Enum.Parse<Series>(line.Split(' ')[0])].Add(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            if (series.Values.Any(one => one.Count != count))
                throw new InvalidOperationException($"The answers to {way.Name} weren't the expected ones. See standard error.");

            Console.WriteLine(way.Name);
            series[Series.Known].Print("   with an account");
            series[Series.Unknown].Print("   without one");
            series[Series.Control].Print("   without one, again");
            var median = series[Series.Unknown].Percentile(0.5);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"   medians: with / without {series[Series.Known].Percentile(0.5) / median:F3}, again / without "
                + $"{series[Series.Control].Percentile(0.5) / median:F3}"));
        }

        return 0;
    }
}

/// <summary>What the requests of a series name.</summary>
internal enum Series
{
    /// <summary>Addresses that have an account.</summary>
    Known,

    /// <summary>Addresses that have none.</summary>
    Unknown,

    /// <summary>Further addresses that have none.</summary>
    Control,
}

/// <summary>A form that takes an address.</summary>
/// <param name="Name">What it's for.</param>
/// <param name="Path">The page.</param>
/// <param name="Form">The form's name.</param>
/// <param name="More">Its other fields, as in a form's body.</param>
/// <param name="Answer">What the answer says, whether or not there is an account.</param>
internal sealed record Way(string Name, string Path, string Form, string More, string Answer)
{
    private const string Sent = "Check your email";

    public static readonly IReadOnlyList<Way> All =
    [
        new("sign-in", "/sign-in", "sign-in", "&Input.Password=a+guess+at+the+password", "Wrong email or password."),
        new("registration", "/register", "ask", "&Input.Name=Ada+Lovelace", Sent),
        new("reset", "/sign-in/reset", "ask", "", Sent),
        new("link", "/sign-in/link", "ask", "", Sent),
    ];
}
