using Accounts.Core.Users;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks;

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

    private Person(Uri site, IPage page)
    {
        _site = site;
        Page = page;
    }

    public IPage Page { get; }

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
        await FillInAsync(path);
        await SubmitAsync(path);
    }

    /// <summary>Fills in the sign-in page, and does not send it.</summary>
    /// <param name="path">The page that is to follow.</param>
    public async Task FillInAsync(string path)
    {
        await Page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await Page.GetByLabel("Email").FillAsync(Application.Email);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Application.Password);
    }

    /// <summary>Sends the sign-in page, and waits for the page that follows.</summary>
    /// <returns>When the request began: that of the form, not that of the page it led to.</returns>
    public async Task<double> SubmitAsync(string path)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await AtAsync(path);
        return await BegunAsync();
    }

    /// <summary>Opens a page.</summary>
    /// <returns>When its request began.</returns>
    public async Task<double> OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        return await BegunAsync();
    }

    /// <summary>Opens the Session manager and waits until it shows this device and as many others.</summary>
    public async Task OpenDashboardAsync(int others)
    {
        await Page.GotoAsync("/settings/sessions");
        await Page.GetByText("This device", new() { Exact = true }).First.WaitForAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(others + 1, new() { Timeout = 10_000 });
        // Drawn by the request; from here on it is alive.
        await Page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Asks for one of the other sessions to be terminated, and leaves the dialog open.</summary>
    public async Task AskToTerminateAsync(SessionId session)
    {
        await CardOf(session).GetByRole(AriaRole.Button, new() { Name = "Terminate" }).ClickAsync();
        await Confirm.WaitForAsync();
    }

    /// <summary>Clicks the confirming button.</summary>
    /// <returns>When the click reached the browser.</returns>
    public async Task<double> ConfirmAsync()
    {
        await Confirm.ClickAsync();
        return await Page.EvaluateAsync<double>("window.benchmark.clicked");
    }

    /// <summary>Waits until the dialog is gone, and nothing more can be done on the card of the ended session, or it is gone too.</summary>
    public async Task SeeItDoneAsync(SessionId session)
    {
        await Confirm.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await CardOf(session).GetByRole(AriaRole.Button, new() { Name = "Terminate" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Waits until this browser is at the signed-out page.</summary>
    /// <returns>When the page set out for it, and when its address was the new one.</returns>
    public async Task<(double Left, double Arrived)> SignedOutAsync()
    {
        await AtAsync("/signed-out");
        var times = await Page.EvaluateAsync<double[]>("[window.benchmark.left, window.benchmark.arrived]");
        return (times[0], times[1]);
    }

    private Task<double> BegunAsync() => Page.EvaluateAsync<double>("window.benchmark.left");

    private Task AtAsync(string path) => Assertions.Expect(Page).ToHaveURLAsync(new Uri(_site, path).AbsoluteUri, new() { Timeout = 10_000 });

    private ILocator CardOf(SessionId session) => Page.Locator($"[aria-labelledby*='{session}']");

    private ILocator Confirm => Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Terminate", Exact = true });
}
