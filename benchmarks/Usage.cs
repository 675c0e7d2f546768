using System.Globalization;

namespace Accounts.Benchmarks;

/// <summary>What the command line may say, and what is said when it says something else.</summary>
internal static class Usage
{
    private const string Text = """
        Usage: dotnet run -c Release --project benchmarks -- <benchmark> [count, folder or files]

          endings [count=500]   how long the ending of a session takes in the core: alone, beside a flusher that never pauses, and for five at once
          endings flood [s=20]  the same over HTTP, and a session check, beside a flood of sign-ins, with and without the bound on hashing; seconds a row
          clicks  [count=200]   from the click on the confirming button until another real browser is at /signed-out; needs Chromium
          live    [count=200]   from an act in one real browser until it is to be seen on the open dashboard of another, four kinds of acts; needs Chromium
          opening [count=20]    how long a browser waits for the Session manager of 3, 60 and 600 sessions; needs Chromium
          memory  [count=200]   what an idle circuit with the dashboard open takes in the server, for 3, 60 and 600 sessions; the circuits are held by another process
          check   [count=20]    requests a second with the session check against the same with a bare cookie; the count is of rounds, about 3 seconds each
          places  [file...]     how long a look-up of a place takes and what it allocates, and what loading the bundled database takes; IP2Location files of one's own as well
          devices               how well devices are named, judged by the samples of the tests, and what naming one costs in time and memory
          first-load <folder>   what a browser with an empty cache fetches for three pages of the program published to the folder; needs Chromium
          lighthouse <folder>   what Lighthouse says of two pages of that program, as a phone and as a desktop; needs Chromium, Node and npm ci --prefix benchmarks/Lighthouse
        """;

    /// <summary>Reads the optional count; false if there is more, or something else than a positive number.</summary>
    public static bool TryCount(string[] rest, int standard, out int count)
    {
        count = standard;
        return rest switch
        {
            [] => true,
            [var text] => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0,
            _ => false,
        };
    }

    public static int Print()
    {
        Console.Error.WriteLine(Text);
        return 2;
    }
}
