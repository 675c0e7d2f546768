using Microsoft.Playwright;

namespace Accounts.Benchmarks.Clicks;

/// <summary>Somebody with a browser of their own (cookies, storage, processes), on one page.</summary>
internal sealed class Person
{
    /// <summary>
    /// Runs in every document before anything of the page. The times are the browser's own, in milliseconds of the wall clock: when the input of the
    /// latest click reached the browser; when the document's navigation began; when the document, and its address with it, was there.
    /// </summary>
    private const string Clock = """
        (() => {
          const arrived = performance.timeOrigin + performance.now();
          window.benchmark = { clicked: 0, left: performance.timeOrigin, arrived };
          addEventListener('click', e => window.benchmark.clicked = performance.timeOrigin + e.timeStamp, true);
        })();
        """;

    private readonly Uri _site;
    private readonly IPage _page;

    private Person(Uri site, IPage page)
    {
        _site = site;
        _page = page;
    }

    public static async Task<Person> NewAsync(IBrowser browser, Uri site)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = site.ToString() });
        context.SetDefaultTimeout(10_000);
        await context.AddInitScriptAsync(Clock);
        return new Person(site, await context.NewPageAsync());
    }

    /// <summary>Signs in and goes to a page behind sign-in.</summary>
    public async Task SignInAsync(string path)
    {
        await _page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await _page.GetByLabel("Email").FillAsync(Application.Email);
        await _page.GetByLabel("Password").FillAsync(Application.Password);
        await _page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await AtAsync(path);
    }

    /// <summary>Asks for the one other session to be terminated, and leaves the dialog open.</summary>
    public async Task AskToTerminateAsync()
    {
        await _page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Button, new() { Name = "Terminate", Exact = true }).ClickAsync();
        await Confirm.WaitForAsync();
    }

    /// <summary>Clicks the confirming button.</summary>
    /// <returns>When the click reached the browser.</returns>
    public async Task<double> ConfirmAsync()
    {
        await Confirm.ClickAsync();
        return await _page.EvaluateAsync<double>("window.benchmark.clicked");
    }

    /// <summary>Waits until the card of the ended session and the dialog are gone.</summary>
    public async Task SeeItGoneAsync()
    {
        await Confirm.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await _page.GetByRole(AriaRole.Article).Nth(1).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Waits until this browser is at the signed-out page.</summary>
    /// <returns>When the page set out for it, and when its address was the new one.</returns>
    public async Task<(double Left, double Arrived)> SignedOutAsync()
    {
        await AtAsync("/signed-out");
        var times = await _page.EvaluateAsync<double[]>("[window.benchmark.left, window.benchmark.arrived]");
        return (times[0], times[1]);
    }

    private Task AtAsync(string path) => Assertions.Expect(_page).ToHaveURLAsync(new Uri(_site, path).AbsoluteUri, new() { Timeout = 10_000 });

    private ILocator Confirm => _page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Terminate", Exact = true });
}
