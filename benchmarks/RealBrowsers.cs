using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks;

/// <summary>Runs a benchmark that needs a real Chromium, and the real application or several.</summary>
internal static class RealBrowsers
{
    public static Task<int> RunAsync(Func<Application, IBrowser, Task<int>> benchmark) => RunAsync(async (folder, browser) =>
    {
        await using var application = new Application(folder);
        await application.StartAsync();
        return await benchmark(application, browser);
    });

    /// <param name="benchmark">The benchmark. It starts its applications in the folder.</param>
    public static async Task<int> RunAsync(Func<TemporaryFolder, IBrowser, Task<int>> benchmark)
    {
        if (Chromium.Find() is not { } program)
            return Chromium.PrintMissing();

        using var folder = new TemporaryFolder();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.StartAsync(playwright, program);
        Machine.Print(folder);
        Console.WriteLine($"browser: Chromium {browser.Version}, headless, on the same machine");
        return await benchmark(folder, browser);
    }
}
