using Microsoft.Playwright;

namespace Accounts.Stage;

/// <summary>The Chromium of this machine, started without a window.</summary>
internal static class Chromium
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>The program; null if there is none.</summary>
    public static string? Find() => new[] { Environment.GetEnvironmentVariable("ACCOUNTS_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "google-chrome")))
        .FirstOrDefault(File.Exists);

    /// <summary>Says what is missing. The exit code of a benchmark that could not run.</summary>
    public static int PrintMissing()
    {
        Console.Error.WriteLine("This benchmark needs Chromium, and there is none. Install chromium or google-chrome, or name the program in ACCOUNTS_CHROMIUM.");
        return 1;
    }

    public static Task<IBrowser> StartAsync(IPlaywright playwright, string program) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Arguments });
}
