using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.FirstLoad;

/// <summary>Counts what a browser with an empty cache fetches for a page. The counts are the same in every run.</summary>
internal static class FirstLoadBenchmark
{
    /// <param name="folder">The folder of the published application.</param>
    public static async Task<int> RunAsync(string folder)
    {
        if (Chromium.Find() is not { } program)
            return Chromium.PrintMissing();

        if (PublishedProgram.Find(folder) is not { } published)
            return 1;

        using var application = new PublishedProgram(published);
        var site = await application.ListeningAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.StartAsync(playwright, program);
        Console.WriteLine($"browser: Chromium {browser.Version}; a new profile for each page");

        await MeasureAsync(browser, new BrowserNewContextOptions { BaseURL = site.AbsoluteUri }, "/sign-in");
        var signedIn = new BrowserNewContextOptions { BaseURL = site.AbsoluteUri, StorageState = await RegisterAsync(browser, site) };
        await MeasureAsync(browser, signedIn, "/settings");
        await MeasureAsync(browser, signedIn, "/settings/sessions");
        return 0;
    }

    private static async Task MeasureAsync(IBrowser browser, BrowserNewContextOptions profile, string path)
    {
        await using var context = await browser.NewContextAsync(profile);
        var page = await context.NewPageAsync();
        var requests = new List<IRequest>();
        page.RequestFinished += (_, request) => requests.Add(request);
        await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
        if (!string.Equals(new Uri(page.Url).AbsolutePath, path, StringComparison.Ordinal))
            throw new InvalidOperationException($"{path} redirected to {page.Url}.");

        var transfer = new Transfer();
        foreach (var request in requests.ToArray())
            await transfer.AddAsync(request);
        transfer.Print(path);
    }

    /// <summary>Registers a user in a new browser profile.</summary>
    public static async Task RegisterAsync(string program, Uri site)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.StartAsync(playwright, program);
        await RegisterAsync(browser, site);
    }

    /// <returns>The cookies of a newly registered user.</returns>
    private static async Task<string> RegisterAsync(IBrowser browser, Uri site)
    {
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = site.AbsoluteUri });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/register");
        await page.GetByLabel("Name").FillAsync("Ada Lovelace");
        await page.GetByLabel("Email").FillAsync(Application.Email);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Application.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Article).WaitForAsync();
        return await context.StorageStateAsync();
    }
}
