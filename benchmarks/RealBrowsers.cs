using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks;

/// <summary>Runs a benchmark that needs the real application and a real Chromium.</summary>
internal static class RealBrowsers
{
    public static async Task<int> RunAsync(Func<Application, IBrowser, Task<int>> benchmark)
    {
        if (Chromium.Find() is not { } program)
            return Chromium.PrintMissing();

        using var folder = new TemporaryFolder();
        await using var application = new Application(folder);
        await application.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.StartAsync(playwright, program);
        Machine.Print(folder);
        Console.WriteLine($"browser: Chromium {browser.Version}, headless, on the same machine");
        return await benchmark(application, browser);
    }
}
