using Microsoft.Playwright;

namespace Accounts.Stage;

/// <summary>Finds this machine's Chromium and starts it headless.</summary>
internal static class Chromium
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>The program's path; null if there is none.</summary>
    public static string? Find() =>
        new[] { Environment.GetEnvironmentVariable("ACCOUNTS_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }
            .Concat(
                (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "google-chrome")))
            .FirstOrDefault(File.Exists);

    /// <summary>Prints that Chromium is missing, and returns the exit code.</summary>
    public static int PrintMissing()
    {
        Console.Error.WriteLine(
            "This benchmark needs Chromium, but none was found. Install chromium or google-chrome, or set ACCOUNTS_CHROMIUM to the program's path.");
        return 1;
    }

    public static Task<IBrowser> StartAsync(IPlaywright playwright, string program) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Arguments });
}
