using System.Globalization;

namespace Accounts.Benchmarks;

/// <summary>Parses the command line and prints the usage text.</summary>
internal static class Usage
{
    private const string Text = """
        Usage: dotnet run -c Release --project benchmarks -- <benchmark> [count, folder or files]

          endings [count=500]   how long the core takes to end a session: alone, beside a flusher that never pauses, and five sessions
                                at once; on each engine
          endings flood [s=20]  the same over HTTP, with a session check, during a flood of sign-ins, with and without
                                the hashing limit; s is seconds per row
          clicks  [count=200]   from the confirming click until another real browser is at /signed-out; needs Chromium
          live    [count=200]   from a change in one real browser until another one's open dashboard shows it, four kinds of
                                changes, on each engine; needs Chromium
          opening [count=20]    how long a browser waits for the Session manager with 3, 60 and 600 sessions; needs Chromium
          memory  [count=200]   the server's memory per idle circuit with the dashboard open, for 3, 60 and 600 sessions; another
                                process holds the circuits
          check   [count=20]    requests per second with the session check and with a bare cookie; on each engine; count is
                                the number of rounds, about 4 seconds each
          everybody [pages=200] how long it takes to end everybody's sessions, about 100,000, until the last open page has been told, what
                                memory it takes, and how long other people's endings and sign-ins take meanwhile; on each engine
          users   [count=100]   each search of Support and each order and filter of the list of users, among 100,000 users with 1,000,000
                                sessions; on each engine
          enumeration [count=300] whether the time of an answer tells if an address has an account: at sign-in, registration, reset and
                                sign-in link; another process asks
          places  [file...]     time and memory of looking up a place and of loading the bundled database; also for your own IP2Location files
          devices               accuracy of device detection on the tests' samples, and its time and memory
          first-load <folder>   what a browser with an empty cache fetches for three pages of the program published in the folder; needs Chromium
          lighthouse <folder>   Lighthouse's scores for two pages of that program, as a phone and as a desktop; needs Chromium,
                                Node and npm ci --prefix benchmarks/Lighthouse
        """;

    /// <summary>Parses the optional count. False if there is anything else than one positive number.</summary>
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
