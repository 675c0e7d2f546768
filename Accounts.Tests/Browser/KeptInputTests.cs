using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>No reload by the page itself throws away what you typed or chose.</summary>
[Collection(BrowserTests.Name)]
public sealed class KeptInputTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Newcomer = "newcomer@example.test";
    private const string OldPassword = "demo-Passphrase-1";
    private const string NewPassword = "a brand new passphrase";
    private const string FormKept = "This page may be out of date. You can still send the form.";
    private const string InputLost = "The connection was lost, and what you entered was too. Enter it again.";
    private const string InputKept = "This page may be out of date. If you reload it, you lose what you entered.";

    // Guards: the exception in hold(), and hasEntered() before the reload, in session-state.js.
    [Fact]
    public async Task Forms_keep_what_you_entered_while_the_server_restarts_and_still_work()
    {
        using var database = new TestDatabase();
        using var mail = new TempFolder();
        // Outside Development, only a published application finds its scripts. The demo accounts come along, and emails.
        (string, string)[] settings = [.. database.Settings, ("ASPNETCORE_ENVIRONMENT", "Development"), ("Mail:Folder", mail.Path)];
        await using var first = AccountsProcess.Run(null, settings);
        var address = await first.ListeningAsync();
        using var phone = new Visitor(address, Visitor.Phone);
        (await phone.SignInAsync(Ada, OldPassword)).Dispose();
        Assert.True(await phone.IsSignedInAsync());
        await using var ada = await (await Person.OpenAsync(chromium, address)).SignInAsync(Ada, password: OldPassword);
        var empty = await ada.OpenTabAsync("/settings/password");
        await empty.EvaluateAsync("window.stillHere = true");
        var ends = await ada.OpenTabAsync("/settings/sessions/end?all=true");
        await ada.OpenAsync("/settings/password");
        await ada.Page.EvaluateAsync("window.stillHere = true");
        await ada.FillAsync(("Current password", OldPassword), ("New password", NewPassword));
        var others = ada.Page.GetByLabel("End all other sessions");
        await others.UncheckAsync();
        await using var signsIn = await Person.OpenAsync(chromium, address);
        await signsIn.GoAsync("/sign-in");
        await signsIn.FillAsync(("Email", Ada), ("Password", NewPassword));
        await signsIn.Page.GetByLabel("Keep me signed in").CheckAsync();
        await using var newcomer = await Person.OpenAsync(chromium, address);
        await newcomer.GoAsync("/register");
        await newcomer.FillAsync(("Name", "New Comer"), ("Email", Newcomer));

        await first.KillAsync();
        await Assertions.Expect(ada.Page.GetByText("Connection lost at")).ToBeVisibleAsync();
        await AssertKeptAsync();
        await using var again = AccountsProcess.Run(null, [.. settings, ("Urls", address.AbsoluteUri)]);
        await again.ListeningAsync();

        // The positive control: the same page without input has reloaded itself, and so has a page whose form has no fields.
        await Assertions.Expect(empty.GetByText("Connection lost at")).ToBeHiddenAsync();
        await Assertions.Expect(empty.GetByRole(AriaRole.Button, new() { Name = "Remote logout" })).ToBeEnabledAsync();
        Assert.Null(await empty.EvaluateAsync<bool?>("window.stillHere"));
        await Assertions.Expect(ends.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" })).ToBeEnabledAsync();
        await Assertions.Expect(ada.Page.GetByText(FormKept)).ToBeVisibleAsync();
        await AssertKeptAsync();
        await ada.PressAsync("Change password");
        await Assertions.Expect(ada.Page.GetByText("Password changed.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.True(await phone.IsSignedInAsync());

        await Assertions.Expect(signsIn.Page.GetByLabel("Email")).ToHaveValueAsync(Ada);
        await signsIn.PressAsync("Sign in");
        await Assertions.Expect(signsIn.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Contains(await signsIn.Profile.CookiesAsync(), cookie => cookie.Name is Visitor.SessionCookieName && cookie.Expires > 0);
        await newcomer.PressAsync("Continue");
        await Assertions.Expect(newcomer.Page.GetByRole(AriaRole.Heading, new() { Name = "Check your email" })).ToBeVisibleAsync();

        async Task AssertKeptAsync()
        {
            Assert.True(await ada.Page.EvaluateAsync<bool>("window.stillHere"));
            foreach (var (label, value) in new[] { ("Current password", OldPassword), ("New password", NewPassword) })
            {
                var field = ada.Page.GetByLabel(label, new() { Exact = true });
                await Assertions.Expect(field).ToBeEnabledAsync();
                await Assertions.Expect(field).ToHaveValueAsync(value);
            }

            await Assertions.Expect(others).ToBeEnabledAsync();
            await Assertions.Expect(others).Not.ToBeCheckedAsync();
        }
    }

    // Guards: findLoose() before the reload and in watchLoose(), in session-state.js.
    [Theory]
    [InlineData("name", true)]
    [InlineData("password", true)]
    [InlineData("selection", true)]
    [InlineData("name", false)]
    [InlineData("password", false)]
    [InlineData("selection", false)]
    public async Task Input_that_needs_the_lost_circuit_stays_or_the_page_says_that_it_is_gone(string input, bool stays)
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock, AccountsSite.DiscardLostCircuits);
        await site.RegisterAsync(Ada);
        var others = await site.StartSessionsAsync(Ada, 7, Visitor.Phone);
        await using var cable = new Cable(site.Address);
        await using var ada = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await ada.WaitForCardsAsync(8);
        var session = await site.FindSessionIdAsync(ada);
        clock.PutForward(TimeSpan.FromMinutes(11));
        var field = await EnterAsync();
        await ada.Page.EvaluateAsync("window.stillHere = true; location.hash = 'devices'");

        if (!stays)
        {
            // The framework renders the circuit's components again, from what it stored of them.
            cable.Cut();
            await Assertions.Expect(ada.Page.GetByText("Connection lost at")).ToBeVisibleAsync();
            await Assertions.Expect(field).ToBeDisabledAsync();
            Patience.Until(() => site.Get<SessionCircuits>().Of(session).Count == 0);
            await Assertions.Expect(ada.Page.GetByText(InputLost)).ToBeHiddenAsync();
            cable.Mend();
            await Assertions.Expect(ada.Page.GetByText(InputLost)).ToBeVisibleAsync();
            await ada.PressAsync("Select");
            await Assertions.Expect(ada.Page.GetByText(InputLost)).ToBeHiddenAsync();
            return;
        }

        // Our code never pauses a circuit, but any script on the page can. The framework then doesn't try by itself.
        await ada.Page.EvaluateAsync("() => { Blazor.pauseCircuit(); }");
        await Assertions.Expect(ada.Page.GetByText(InputKept)).ToBeVisibleAsync();
        await Assertions.Expect(field).ToBeDisabledAsync();
        Assert.True(await ada.Page.EvaluateAsync<bool>("window.stillHere"));
        if (input is "selection")
            await Assertions.Expect(field).ToBeCheckedAsync();
        else
            await Assertions.Expect(field).ToHaveValueAsync(input is "name" ? "Kitchen tablet" : AccountsSite.Password);

        await ada.PressAsync("Reload");
        await Assertions.Expect(ada.Page.GetByText(InputKept)).ToBeHiddenAsync();
        await Assertions.Expect(ada.Page.GetByText("Updates live.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Null(await ada.Page.EvaluateAsync<bool?>("window.stillHere"));
        await Assertions.Expect(ada.Dialog).ToHaveCountAsync(0);
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(0);
        await ada.WaitForCardsAsync(8);

        async Task<ILocator> EnterAsync()
        {
            var card = ada.CardOf(others[0]);
            switch (input)
            {
                case "name":
                    await ada.OpenMenuAsync(card);
                    await ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
                    var name = ada.Dialog.GetByLabel("Name");
                    await name.FillAsync("Kitchen tablet");
                    return name;
                case "password":
                    await ada.AskToTerminateAsync(card);
                    await ada.ConfirmAsync("Terminate");
                    var password = ada.Dialog.GetByLabel("Enter your password to continue");
                    await password.FillAsync(AccountsSite.Password);
                    return password;
                default:
                    await ada.PressAsync("Select");
                    var box = card.GetByRole(AriaRole.Checkbox);
                    await box.CheckAsync();
                    await Assertions.Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Terminate 1" })).ToBeVisibleAsync();
                    return box;
            }
        }
    }

    // Guard: isRefused() in session-state.js. The answer to a form holds what was sent, and a reload would send it again.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_form_stays_and_an_accepted_one_is_not_sent_again(bool refused)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var others = await FillPasswordsAsync(ada, refused ? "not this one" : AccountsSite.Password);
        await ada.PressAsync("Change password");
        await Assertions.Expect(ada.Page.GetByText(refused ? "Wrong password." : "Password changed.")).ToBeVisibleAsync();
        await Person.WaitForCircuitAsync(ada.Page);
        var posts = new List<string>();
        ada.Page.Request += (_, request) =>
        {
            if (request.Method is "POST" && request.Url.EndsWith("/settings/password", StringComparison.Ordinal))
                posts.Add(request.Url);
        };

        await ada.Page.EvaluateAsync("() => { window.stillHere = true; Blazor.pauseCircuit(); }");
        if (refused)
        {
            await Assertions.Expect(ada.Page.GetByText(FormKept)).ToBeVisibleAsync();
            await Assertions.Expect(others).Not.ToBeCheckedAsync();
            Assert.True(await ada.Page.EvaluateAsync<bool>("window.stillHere"));
            return;
        }

        await ada.Page.WaitForFunctionAsync("() => window.stillHere === undefined && document.querySelector('#session-watch > i')");
        await Assertions.Expect(ada.Page.GetByText("Password changed.")).ToHaveCountAsync(0);
        Assert.Empty(posts);
    }

    // Guard: restore() in forms.js.
    [Fact]
    public async Task A_form_that_failed_opens_again_with_what_you_entered()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var others = await FillPasswordsAsync(ada, AccountsSite.Password);
        site.Gate.FailBegin();
        await ada.PressAsync("Change password");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("We can't load this page");
        await ada.PressAsync("Try again");
        await Assertions.Expect(ada.Page.GetByLabel("Current password", new() { Exact = true })).ToHaveValueAsync("");
        await Assertions.Expect(others).Not.ToBeCheckedAsync();

        // Nothing is kept longer than that.
        await ada.GoAsync("/settings");
        await ada.GoAsync("/settings/password");
        await Assertions.Expect(others).ToBeCheckedAsync();
    }

    // Guard: the address keeps the filters (tables.js). The page reloads, because it has no unsent input.
    [Theory]
    [InlineData("/settings/sessions", "Search sessions")]
    [InlineData("/settings/audit", "Device, location or IP address")]
    public async Task Filters_survive_a_reload_by_the_page(string path, string label)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 7, Visitor.Phone);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await ada.OpenAsync(path);
        await ada.Page.EvaluateAsync("window.stillHere = true");
        var search = ada.Page.GetByRole(AriaRole.Searchbox, new() { Name = label }).First;
        await search.FillAsync("safari");
        await Assertions.Expect(ada.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(
            "=safari", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));

        await ada.Page.EvaluateAsync("() => { Blazor.pauseCircuit(); }");
        await ada.Page.WaitForFunctionAsync("() => window.stillHere === undefined");
        await Assertions.Expect(search).ToBeEnabledAsync();
        await Assertions.Expect(search).ToHaveValueAsync("safari");
        await Assertions.Expect(ada.Page.GetByText(InputLost)).ToBeHiddenAsync();
    }

    /// <summary>Fills in the form of a password change that keeps the other sessions. Returns the box that was cleared.</summary>
    private static async Task<ILocator> FillPasswordsAsync(Person person, string current)
    {
        await person.OpenAsync("/settings/password");
        var others = person.Page.GetByLabel("End all other sessions");
        await others.UncheckAsync();
        await person.FillAsync(("Current password", current), ("New password", NewPassword));
        return others;
    }
}
