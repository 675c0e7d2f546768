using Accounts.Core.Callers;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks;

/// <summary>A user with their own browser profile (cookies, storage, processes) and one page.</summary>
internal sealed class Person
{
    /// <summary>
    /// A script that runs in every document before the page's own scripts. The times are the browser's wall clock in milliseconds: when the latest
    /// click reached the browser, when the navigation started, and when the document with its address was there.
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

    /// <summary>Signs in and opens a page.</summary>
    public async Task SignInAsync(string path)
    {
        await FillInAsync(path);
        await SubmitAsync(path);
    }

    /// <summary>Fills in the sign-in page without submitting it.</summary>
    /// <param name="path">The page to open after the sign-in.</param>
    public async Task FillInAsync(string path)
    {
        await Page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await Page.GetByLabel("Email").FillAsync(Application.Email);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Application.Password);
    }

    /// <summary>Submits the sign-in page, and waits for the next page.</summary>
    /// <returns>When the form's request started.</returns>
    public async Task<double> SubmitAsync(string path)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await AtAsync(path);
        return await BegunAsync();
    }

    /// <summary>Opens a page.</summary>
    /// <returns>When its request started.</returns>
    public async Task<double> OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        return await BegunAsync();
    }

    /// <summary>Opens the Session manager and waits until it shows this device and the given number of others.</summary>
    public async Task OpenDashboardAsync(int others)
    {
        await Page.GotoAsync("/settings/sessions");
        await Page.GetByText("This device", new() { Exact = true }).First.WaitForAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(others + 1, new() { Timeout = 10_000 });
        // The request has rendered the page. Now it is interactive as well.
        await Page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Clicks Terminate on another session, and leaves the dialog open.</summary>
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

    /// <summary>Waits until the dialog is closed and the ended session's card has no Terminate button or is gone.</summary>
    public async Task SeeItDoneAsync(SessionId session)
    {
        await Confirm.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await CardOf(session).GetByRole(AriaRole.Button, new() { Name = "Terminate" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Waits until this browser is at the signed-out page.</summary>
    /// <returns>When the page started to navigate there, and when its address was the new one.</returns>
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
