using System.Text.RegularExpressions;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Stage;
using Accounts.Web.Languages;
using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>The setup of one picture: a browser that shows the page, Ada's other sessions, and helpers to reach a state.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const string ThisBrowser =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

    // Milliseconds. A test runs beside others, and waits as long as it takes.
    private static readonly float Patience = Words.ArePseudo ? 60_000 : 8_000;

    private readonly Theatre _theatre;
    private readonly IBrowser _browser;
    private readonly List<IBrowserContext> _profiles = [];

    private Scene(Theatre theatre, IBrowser browser, UserId ada)
    {
        _theatre = theatre;
        _browser = browser;
        Ada = ada;
    }

    public UserId Ada { get; }

    /// <summary>The page in the picture.</summary>
    public IPage Page { get; private set; } = null!;

    /// <summary>The session of the browser in the picture.</summary>
    public SessionId Own { get; private set; }

    public Clock Clock => _theatre.Clock;

    public Outage Outage => _theatre.Outage;

    /// <summary>The emails that the application sends.</summary>
    public Postman Postman => _theatre.Postman;

    public T Get<T>() where T : notnull => _theatre.Application.Get<T>();

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog).Filter(new() { Visible = true });

    public ILocator Cards => Page.GetByRole(AriaRole.Article);

    public static async Task<Scene> OpenAsync(Theatre theatre, IBrowser browser, UserId ada)
    {
        var scene = new Scene(theatre, browser, ada);
        scene.Page = await scene.NewBrowserAsync(ThisBrowser);
        return scene;
    }

    /// <summary>An empty page in its own browser profile.</summary>
    public async Task<IPage> NewBrowserAsync(string userAgent)
    {
        var profile = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = _theatre.Application.Url.AbsoluteUri,
            UserAgent = userAgent,
            Locale = "en-GB",
            TimezoneId = "UTC",
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = Look.All[0].Width, Height = Look.All[0].Height },
        });
        _profiles.Add(profile);
        if (Words.ArePseudo)
            await profile.AddCookiesAsync(
                [new() { Url = _theatre.Application.Url.AbsoluteUri, Name = LanguageChoice.Cookie, Value = PseudoLanguage.Tag }]);
        profile.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        await profile.Clock.SetFixedTimeAsync(Clock.GetUtcNow().UtcDateTime);
        return await profile.NewPageAsync();
    }

    /// <summary>Advances the clock of the server and the browsers.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        Clock.Advance(time);
        foreach (var profile in _profiles)
            await profile.Clock.SetFixedTimeAsync(Clock.GetUtcNow().UtcDateTime);
    }

    /// <summary>Gives Ada sessions without real browsers.</summary>
    public Task AddAsync(params SessionRow[] rows) => _theatre.Application.AddAsync(rows);

    /// <summary>Gives Ada audit events.</summary>
    public Task AddAsync(IEnumerable<AuditEventRow> events) => _theatre.Application.AddAsync(events);

    /// <summary>Signs in with the browser in the picture, and opens a page.</summary>
    public async Task SignInAsync(string path = "/settings/sessions")
    {
        Own = await _theatre.Application.SessionOfAsync(() => SignInAsync(Page, path));
        await _theatre.Application.WaitForCircuitAsync(Own);
        // The circuit is open before the page has its first batch. Until then, the buttons of the first HTML lead to the page without scripts.
        await Page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (path is "/settings/sessions")
            await Page.GetByText(Words.Whole("This device"), new() { Exact = true }).First.WaitForAsync();
    }

    /// <summary>Signs in with another browser, and waits until it has an open page.</summary>
    public async Task<IPage> SignInElsewhereAsync(string userAgent)
    {
        var page = await NewBrowserAsync(userAgent);
        var session = await _theatre.Application.SessionOfAsync(() => SignInAsync(page, "/settings"));
        await _theatre.Application.WaitForCircuitAsync(session);
        return page;
    }

    /// <summary>Clicks the button with this name.</summary>
    public Task PressAsync(string name) => Button(Page.Locator("body"), name).ClickAsync();

    public static ILocator Button(ILocator within, string name) =>
        within.GetByRole(AriaRole.Button, new() { NameRegex = Words.Beginning(name) }).First;

    /// <summary>The field with this label.</summary>
    public ILocator Field(string label) => Field(Page, label);

    /// <summary>What has this name, whole.</summary>
    public ILocator Named(AriaRole role, string name) => Page.GetByRole(role, new() { Name = Words.Whole(name), Exact = true });

    /// <summary>
    /// Opens a button's menu, and waits until it has its place and the focus. First closes a menu that is still open from the previous window.
    /// </summary>
    public async Task OpenMenuAsync(ILocator button)
    {
        await Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Page.GetByRole(AriaRole.Menu)).ToHaveCountAsync(0);
        await button.ClickAsync();
        await Page.GetByRole(AriaRole.Menu).WaitForAsync();
        await Page.WaitForFunctionAsync("""
            () => {
              const menu = document.querySelector(".mud-popover-open");
              const { left, right } = menu.getBoundingClientRect();
              return menu.contains(document.activeElement) && left >= 0 && right <= document.documentElement.clientWidth && scrollX === 0;
            }
            """);
    }

    /// <summary>Waits for a text.</summary>
    public Task SeeAsync(string text, float patience = 0) =>
        Page.GetByText(Words.Of(text)).First.WaitForAsync(new() { Timeout = Math.Max(patience, Patience) });

    /// <summary>Another device's card.</summary>
    public ILocator Card(string title) => Cards.Filter(new() { HasText = title.Split(" on ")[0] }).First;

    public async ValueTask DisposeAsync()
    {
        foreach (var profile in _profiles)
        {
            // Closing a profile during a navigation never completes.
            foreach (var page in profile.Pages)
                await page.GotoAsync("about:blank");
            await profile.CloseAsync();
        }
    }

    private static ILocator Field(IPage page, string label) => page.GetByLabel(Words.Whole(label), new() { Exact = true });

    private static async Task SignInAsync(IPage page, string path)
    {
        await page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await Field(page, "Email").FillAsync(Application.Email);
        await Field(page, "Password").FillAsync(Application.Password);
        await Button(page.Locator("main"), "Sign in").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"{Regex.Escape(path)}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }
}
