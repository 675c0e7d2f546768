using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>
/// Over https, next to other sites: a sibling subdomain can't submit our forms, and a link from another site doesn't invalidate
/// an open form.
/// </summary>
[Collection(BrowserTests.Name)]
public sealed class CrossSiteTests(Chromium chromium)
{
    private const string App = "app.example.test";
    private const string Ada = "ada@example.test";
    private const string Mallory = "mallory@example.test";

    /// <summary>Sets cookies for the whole domain under every possible name of the form cookie, and submits the form at once.</summary>
    private const string Attack = """
        <form method="post" action="{action}"><input name="Input.Email" value="mallory@example.test"><input name="Input.Password" value="{password}">
        <input name="_handler" value="sign-in"><input name="__RequestVerificationToken" value="{token}"></form>
        <script>
          for (const name of ["{cookie}", "accounts-form", "__Secure-accounts-form"])
            document.cookie = name + "={value}; Domain=example.test; Path=/; Secure; SameSite=None";
          document.forms[0].submit();
        </script>
        """;

    [Theory]
    [InlineData("/sign-in", false)]
    [InlineData("/sign-in", true)]
    [InlineData("/sign-out", true)]
    public async Task A_sibling_subdomain_cannot_submit_our_forms(string action, bool signedIn)
    {
        await using var site = AccountsSite.StartHttps(App);
        await site.RegisterAsync(Ada);
        await site.RegisterAsync(Mallory, "Mallory");
        await using var mallory = await Person.OpenAsync(chromium, site);
        await mallory.GoAsync("/sign-in");
        var token = await mallory.Page.Locator("form input[name=__RequestVerificationToken]").First.GetAttributeAsync("value");
        var cookie = (await mallory.Profile.CookiesAsync()).Single(c => c.Name.EndsWith("accounts-form", StringComparison.Ordinal));
        await using var evil = await OtherSite.StartAsync("evil.example.test", Attack
            .Replace("{action}", new Uri(site.Address, action).AbsoluteUri, StringComparison.Ordinal)
            .Replace("{password}", AccountsSite.Password, StringComparison.Ordinal)
            .Replace("{token}", token, StringComparison.Ordinal)
            .Replace("{cookie}", cookie.Name, StringComparison.Ordinal)
            .Replace("{value}", cookie.Value, StringComparison.Ordinal));

        await using var victim = await Person.OpenAsync(chromium, site);
        if (signedIn)
            await victim.SignInAsync(Ada);
        await victim.GoAsync("/sign-in");
        await victim.Page.GotoAsync(evil.Address.AbsoluteUri);
        await Assertions.Expect(victim.Page.GetByRole(AriaRole.Heading, new() { Name = "This request came from another site" })).ToBeVisibleAsync();
        await Person.WaitForPathAsync(victim.Page, action);
        // The attack was complete: the browser sent the cookies that a sibling can set.
        var cookies = await victim.Profile.CookiesAsync();
        Assert.Contains(cookies, c => c.Name is "accounts-form" && c.Domain.EndsWith("example.test", StringComparison.Ordinal));

        await victim.Page.GetByRole(AriaRole.Link, new() { Name = "Open Accounts" }).ClickAsync();
        if (signedIn)
            await Assertions.Expect(victim.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        else
            await Person.WaitForPathAsync(victim.Page, "/sign-in");
        Assert.DoesNotContain("Mallory", await victim.Page.ContentAsync(), StringComparison.Ordinal);

        // The same form signs in when it is submitted from our own page.
        await mallory.Page.GetByLabel("Email").FillAsync(Mallory);
        await mallory.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await mallory.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(mallory.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
    }

    // Guards: CrossSiteRequests on any method and path, X-Frame-Options, Cross-Origin-Opener-Policy. A sibling's requests carry the cookies.
    [Theory]
    [InlineData("evil.example.test")]
    [InlineData("elsewhere.test")]
    public async Task Another_sites_page_can_neither_act_nor_connect_nor_frame_nor_hold_ours(string host)
    {
        await using var site = AccountsSite.StartHttps(App);
        await site.RegisterAsync(Ada);
        await using var evil = await OtherSite.StartAsync(host, "<iframe></iframe>");
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var page = await ada.Profile.NewPageAsync();
        await page.GotoAsync(evil.Address.AbsoluteUri);
        var app = site.Address.GetLeftPart(UriPartial.Authority);

        string[] bodies = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
        foreach (var path in new[] { "/sign-out", "/settings/theme", "/settings/password", "/_blazor/disconnect", "/_blazor/negotiate" })
        {
            foreach (var type in bodies)
            {
                Assert.Equal((path, 403), (path, await PostAsync(page, app + path, type)));
            }
        }

        Assert.Equal("error", await ConnectAsync(page, app));

        var ours = app + "/settings/sessions";
        await page.EvaluateAsync(
            "ours => new Promise(done => { const frame = document.querySelector('iframe'); frame.onload = () => done(); frame.src = ours; })", ours);
        // The browser shows an error instead, whose address it may report late or never. A page of ours would have its own, and its circuit.
        Assert.DoesNotContain(app, page.Frames[1].Url, StringComparison.Ordinal);

        var popup = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("ours => { window.ours = open(ours); }", ours));
        await Assertions.Expect(popup.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Person.WaitForCircuitAsync(popup);
        Assert.Equal(2, site.Get<OpenPages>().Count().Circuits);
        // To the page that opened it, our window is gone.
        Assert.True(await page.EvaluateAsync<bool>("ours.closed"));
        Assert.True(await popup.EvaluateAsync<bool>("opener === null"));

        // From our own page, the same requests arrive.
        await ada.OpenAsync("/settings/sessions");
        Assert.Equal("open", await ConnectAsync(ada.Page, app));
        Assert.Equal(200, await PostAsync(ada.Page, app + "/_blazor/negotiate", "text/plain"));
    }

    [Theory]
    [InlineData("sign out")]
    [InlineData("terminate")]
    [InlineData("password")]
    public async Task Forms_in_one_tab_still_work_after_a_cross_site_link_in_another(string act)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.StartHttps(App, clock);
        await site.RegisterAsync(Ada);
        var link = $"<a href=\"{new Uri(site.Address, "/settings/sessions")}\">Your devices</a>";
        await using var elsewhere = await OtherSite.StartAsync("elsewhere.test", link);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await ada.OpenAsync(act is "password" ? "/settings/password" : "/settings/sessions");
        if (act is "password")
            await FillPasswordAsync(ada.Page);
        else
            await ada.WaitForCardsAsync(2);
        clock.PutForward(TimeSpan.FromMinutes(11));

        var tab = await ada.Profile.NewPageAsync();
        await tab.GotoAsync(elsewhere.Address.AbsoluteUri);
        var page = await tab.RunAndWaitForRequestAsync(
            () => tab.GetByRole(AriaRole.Link).ClickAsync(), request => request.Url.EndsWith("/settings/sessions", StringComparison.Ordinal));
        Assert.Equal("cross-site", await page.HeaderValueAsync("sec-fetch-site"));
        await Assertions.Expect(tab.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();

        switch (act)
        {
            case "sign out":
                await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Account menu" }).ClickAsync();
                await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
                await ada.WaitForSignedOutAsync();
                await Person.WaitForSignedOutAsync(tab);
                break;
            case "terminate":
                await ada.AskToTerminateAsync(ada.CardOf(await site.FindSessionIdAsync(phone)));
                await ada.ConfirmAsync("Terminate");
                await ada.Dialog.GetByLabel("Enter your password to continue").FillAsync(AccountsSite.Password);
                await ada.Page.Keyboard.PressAsync("Enter");
                await phone.WaitForSignedOutAsync();
                await ada.WaitForCardsAsync(1);
                break;
            default:
                await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
                await Assertions.Expect(ada.Page.GetByText("Password changed.")).ToBeVisibleAsync();
                await phone.WaitForSignedOutAsync();
                break;
        }
    }

    [Fact]
    public async Task Four_pages_opened_at_once_after_a_browser_restart_have_working_forms()
    {
        await using var site = AccountsSite.StartHttps(App);
        await site.RegisterAsync(Ada);
        await using var before = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        // A restart keeps only cookies with an expiry date. The form cookie has none here: it didn't exist at sign-in.
        var kept = (await before.Profile.CookiesAsync()).Where(c => c.Expires > 0 && !c.Name.EndsWith("accounts-form", StringComparison.Ordinal));
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.Profile.AddCookiesAsync(kept.Select(c => new Cookie
        {
            Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path, Expires = c.Expires,
            Secure = c.Secure, HttpOnly = c.HttpOnly, SameSite = c.SameSite,
        }));
        var tabs = new List<IPage>();
        for (var i = 0; i < 4; i++)
            tabs.Add(await ada.Profile.NewPageAsync());
        await Task.WhenAll(tabs.Select(tab => tab.GotoAsync(new Uri(site.Address, "/settings/password").AbsoluteUri)));

        foreach (var tab in tabs)
        {
            await tab.GetByLabel("Current password", new() { Exact = true }).FillAsync("not my passphrase at all");
            await tab.GetByLabel("New password", new() { Exact = true }).FillAsync("a brand new passphrase");
            await tab.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
            await Assertions.Expect(tab.GetByText("Wrong password.")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task Four_sign_in_pages_opened_at_once_in_a_new_browser_have_working_forms()
    {
        await using var site = AccountsSite.StartHttps(App);
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        // The browser requests all four before the first is answered, so none sends a cookie.
        var asked = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ada.Profile.RouteAsync("**/sign-in", async route =>
        {
            if (Interlocked.Increment(ref asked) == 4)
                all.SetResult();
            await all.Task;
            await route.ContinueAsync();
        });
        var tabs = new List<IPage>();
        for (var i = 0; i < 4; i++)
            tabs.Add(await ada.Profile.NewPageAsync());
        await Task.WhenAll(tabs.Select(tab => tab.GotoAsync(new Uri(site.Address, "/sign-in").AbsoluteUri)));
        await ada.Profile.UnrouteAllAsync();

        foreach (var tab in tabs)
        {
            await SignInAsync(tab, "not my passphrase at all");
            await Assertions.Expect(tab.GetByText("Wrong email or password.")).ToBeVisibleAsync();
        }

        await SignInAsync(tabs[0], AccountsSite.Password);
        await Assertions.Expect(tabs[0].GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Sign_in_over_plain_http_says_that_it_needs_https_and_starts_no_session()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, new UriBuilder(site.Address) { Host = App }.Uri);
        await ada.GoAsync("/sign-in");
        await SignInAsync(ada.Page, AccountsSite.Password);
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "This site needs https" })).ToBeVisibleAsync();
        using var rows = site.Rows();
        Assert.Equal(0, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    /// <summary>Posts something that a browser sends to another site without asking it first. Returns the answer's status.</summary>
    private static async Task<int> PostAsync(IPage page, string address, string type)
    {
        const string Post = """
            ([address, type]) => fetch(
              address, { method: "POST", mode: "no-cors", credentials: "include", headers: { "Content-Type": type }, body: "x" }).then(() => null)
            """;
        var answer = await page.RunAndWaitForResponseAsync(() => page.EvaluateAsync(Post, new[] { address, type }), address);
        return answer.Status;
    }

    private static Task<string> ConnectAsync(IPage page, string app) => page.EvaluateAsync<string>(
        "address => new Promise(done => { const s = new WebSocket(address); s.onopen = () => done('open'); s.onerror = () => done('error'); })",
        app.Replace("https", "wss", StringComparison.Ordinal) + "/_blazor");

    private static async Task SignInAsync(IPage tab, string password)
    {
        await tab.GetByLabel("Email").FillAsync(Ada);
        await tab.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    private static async Task FillPasswordAsync(IPage page)
    {
        await page.GetByLabel("Current password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync("a brand new passphrase");
    }
}
