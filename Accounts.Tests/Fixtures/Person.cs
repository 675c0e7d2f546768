using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Accounts.Core.Callers;
using Microsoft.Playwright;

namespace Accounts.Tests.Fixtures;

/// <summary>A person at a real browser, who finds things by the names that a screen reader says.</summary>
public sealed class Person : IAsyncDisposable
{
    public const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

    private readonly Uri _site;
    private readonly ConcurrentQueue<string> _refused = new();

    private Person(Uri site, IBrowserContext profile, IPage page)
    {
        _site = site;
        Profile = profile;
        Page = page;
        profile.Console += Listen;
    }

    public IBrowserContext Profile { get; }

    public IPage Page { get; }

    /// <summary>The cards of live sessions.</summary>
    public ILocator Cards => Page.Locator("[aria-labelledby^=session-]:not(.ended)");

    /// <summary>The cards of sessions that have just ended.</summary>
    public ILocator EndedCards => Page.Locator("[aria-labelledby^=session-].ended");

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public static Task<Person> OpenAsync(Chromium chromium, AccountsSite site, string? userAgent = Windows, bool phone = false, bool touch = false,
        string? language = null, string? zone = null, bool scripts = true) =>
        OpenAsync(chromium, site.Address, userAgent, phone, touch, language, zone, scripts);

    public static async Task<Person> OpenAsync(Chromium chromium, Uri site, string? userAgent = Windows, bool phone = false, bool touch = false,
        string? language = null, string? zone = null, bool scripts = true)
    {
        var profile = await chromium.OpenProfileAsync(new BrowserNewContextOptions
        {
            UserAgent = userAgent,
            // The test certificates are self-signed.
            IgnoreHTTPSErrors = true,
            HasTouch = touch,
            JavaScriptEnabled = scripts,
            // The machine's language and time zone don't matter.
            Locale = language ?? "en-US",
            TimezoneId = zone ?? "UTC",
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1360, Height = 900 },
        });
        return new Person(site, profile, await profile.NewPageAsync());
    }

    public static Task<Person> OpenPhoneAsync(Chromium chromium, AccountsSite site, string? zone = null) =>
        OpenAsync(chromium, site, Visitor.Phone, phone: true, zone: zone);

    /// <summary>Signs in through the page and waits until the Session manager shows this device.</summary>
    public async Task<Person> SignInAsync(string email, bool remember = true, string password = AccountsSite.Password)
    {
        await GoAsync("/sign-in");
        await Page.GetByLabel("Email").FillAsync(email);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        if (remember)
            await Page.GetByLabel("Keep me signed in").CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Page.GetByText("This device", new() { Exact = true }).WaitForAsync();
        await WaitForCircuitAsync(Page);
        return this;
    }

    /// <summary>Waits until a page is interactive: its circuit has taken over from prerendering.</summary>
    public static Task WaitForCircuitAsync(IPage page) =>
        page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(new Uri(_site, path).AbsoluteUri);

    /// <summary>Fills in the fields with these labels.</summary>
    public async Task FillAsync(params (string Label, string Value)[] fields)
    {
        foreach (var (label, value) in fields)
            await Page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
    }

    /// <summary>Presses the button or the link with this name.</summary>
    public Task PressAsync(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true })
        .Or(Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }))
        .ClickAsync();

    /// <summary>Waits until the server can push to a page that has the library's <c>SessionWatch</c>.</summary>
    public Task WaitForWatchAsync() => Assertions.Expect(Page.Locator("[data-session-watch]")).ToBeAttachedAsync();

    /// <summary>Opens another tab of the same browser, and waits until its circuit is up.</summary>
    public async Task<IPage> OpenTabAsync(string path)
    {
        var tab = await Profile.NewPageAsync();
        await OpenAsync(tab, path);
        return tab;
    }

    /// <summary>Opens a page here and waits until its circuit is up.</summary>
    public Task OpenAsync(string path) => OpenAsync(Page, path);

    public Task WaitForCardsAsync(int count) => Assertions.Expect(Cards).ToHaveCountAsync(count);

    /// <summary>Presses Terminate on the card with this title, and confirms.</summary>
    public async Task TerminateAsync(string title)
    {
        await AskToTerminateAsync(Cards.Filter(new() { HasText = title }));
        await ConfirmAsync("Terminate");
    }

    /// <summary>The card or row of a session, live or just ended.</summary>
    public ILocator CardOf(SessionId id) => Page.Locator($"[aria-labelledby='session-{id}']");

    public async Task RenameAsync(ILocator card, string name)
    {
        await OpenMenuAsync(card);
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
        await Dialog.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync(name);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(Dialog).ToHaveCountAsync(0);
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync(name);
    }

    /// <summary>Opens the menu of a card.</summary>
    public async Task OpenMenuAsync(ILocator card)
    {
        await WaitForCircuitAsync(Page);
        await card.GetByRole(AriaRole.Button, new() { Name = "More for" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menu).WaitForAsync();
    }

    public async Task AskToTerminateAsync(ILocator card)
    {
        // Before that, the button opens a page.
        await WaitForCircuitAsync(Page);
        await card.GetByRole(AriaRole.Button, new() { Name = "Terminate" }).ClickAsync();
        await Dialog.WaitForAsync();
    }

    public Task ConfirmAsync(string name) => Dialog.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();

    public Task WaitForSignedOutAsync() => WaitForSignedOutAsync(Page);

    public static Task WaitForSignedOutAsync(IPage page) => WaitForPathAsync(page, "/signed-out");

    /// <summary>Waits until a page's address has this path. It polls, so it can't miss a browser event.</summary>
    public static Task WaitForPathAsync(IPage page, string path) => Assertions.Expect(page).ToHaveURLAsync(new Regex(
        $"^https?://[^/]+{Regex.Escape(path)}([?#].*)?$", RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>A time zone where today's tests don't run past midnight. The signs are reversed: Etc/GMT-3 is ahead of Greenwich.</summary>
    public static string NoonTimeZone() => TimeProvider.System.GetUtcNow().Hour is var hour && hour == 12 ? "Etc/GMT" : $"Etc/GMT{hour - 12:+0;-0}";

    public async ValueTask DisposeAsync()
    {
        foreach (var page in Profile.Pages)
        {
            Evidence.Leave(page.Url, await ReadAsync(page));
            await LeaveAsync(page);
        }

        await Profile.DisposeAsync();
        Assert.True(_refused.IsEmpty, string.Join('\n', _refused));
    }

    // Whatever a test does, the browser must never refuse a resource to a page of the application.
    private void Listen(object? sender, IConsoleMessage message)
    {
        var isElsewhere = message.Page is { } page && page.Url.StartsWith("http", StringComparison.Ordinal) && !_site.IsBaseOf(new Uri(page.Url));
        if (!isElsewhere && message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            _refused.Enqueue($"{message.Page?.Url}: {message.Text}");
    }

    // A profile that closes during a navigation (after a sign-out, for example) never reports that it has closed.
    private static async Task LeaveAsync(IPage page)
    {
        try
        {
            await page.GotoAsync("about:blank");
        }
        catch (PlaywrightException)
        {
            // It went elsewhere or is closed, so the navigation is over.
        }
    }

    private static async Task<string> ReadAsync(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<string?>("document.body?.innerText").WaitAsync(TimeSpan.FromSeconds(5)) ?? "";
        }
        catch (Exception silent) when (silent is PlaywrightException or TimeoutException)
        {
            return $"The page does not answer: {silent.Message}";
        }
    }

    // Blazor's second frame from the server means that the circuit has rendered. The test listens from the start of the connection.
    private async Task OpenAsync(IPage page, string path)
    {
        var rendered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        page.WebSocket += Listen;
        await page.GotoAsync(new Uri(_site, path).AbsoluteUri);
        try
        {
            await rendered.Task.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"No circuit of {page.Url} came up. It says: {await ReadAsync(page)}", late);
        }

        page.WebSocket -= Listen;

        void Listen(object? sender, IWebSocket socket) => socket.FrameReceived += (_, frame) =>
        {
            if (Says(frame, "JS.EndUpdateRootComponents"))
                rendered.TrySetResult();
        };
    }

    private static bool Says(IWebSocketFrame frame, string name) =>
        frame.Binary is { } bytes
            ? System.Text.Encoding.Latin1.GetString(bytes).Contains(name, StringComparison.Ordinal)
            : frame.Text?.Contains(name, StringComparison.Ordinal) == true;
}
