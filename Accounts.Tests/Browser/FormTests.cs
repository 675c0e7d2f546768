using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A refused form puts the focus where you continue, and sends no password back.</summary>
[Collection(BrowserTests.Name)]
public sealed class FormTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Guard: forms.js, and the last line of each SubmitAsync.
    [Fact]
    public async Task The_first_wrong_field_gets_the_focus_and_right_values_are_kept()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        await Assertions.Expect(ada.Page.GetByLabel("Name")).ToBeFocusedAsync();
        await ada.Page.GetByLabel("Name").FillAsync("Ada Lovelace");
        await ada.Page.GetByLabel("Email").FillAsync(Ada);
        await Password(ada).FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Password(ada)).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(Password(ada)).ToBeFocusedAsync();
        await Assertions.Expect(Password(ada)).ToHaveValueAsync("");
        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToHaveValueAsync(Ada);
        await Password(ada).FillAsync(AccountsSite.Password);
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.Page.GetByText("This device", new() { Exact = true }).WaitForAsync();

        await ada.OpenAsync("/settings/password");
        var current = ada.Page.GetByLabel("Current password", new() { Exact = true });
        var wanted = ada.Page.GetByLabel("New password", new() { Exact = true });
        await current.FillAsync(AccountsSite.Password);
        await wanted.FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(wanted).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(wanted).ToBeFocusedAsync();
        foreach (var field in new[] { current, wanted })
            await Assertions.Expect(field).ToHaveValueAsync("");
    }

    // Guards: the core checks all rules in one pass; each message stands beside its field and describes it.
    [Fact]
    public async Task All_errors_appear_at_once_each_beside_its_field()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        await ada.Page.GetByLabel("Name").FillAsync("Ada Lovelace");
        await ada.Page.GetByLabel("Email").FillAsync("ada at example");
        await Password(ada).FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToBeFocusedAsync();
        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToHaveAccessibleDescriptionAsync("Enter a full email, such as name@example.com.");
        await Assertions.Expect(Password(ada)).ToHaveAccessibleDescriptionAsync("Use at least 12 characters.");
        await Assertions.Expect(ada.Page.Locator("[aria-invalid=true]")).ToHaveCountAsync(2);
        // A notice is for problems that no field caused.
        await Assertions.Expect(ada.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_wrong_password_keeps_the_email_and_focuses_the_password()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/sign-in");
        await ada.Page.GetByLabel("Email").FillAsync(Ada);
        await Password(ada).FillAsync("not the password");
        await ada.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(Password(ada)).ToHaveAccessibleDescriptionAsync("Wrong email or password.");
        await Assertions.Expect(Password(ada)).ToBeFocusedAsync();
        await Assertions.Expect(Password(ada)).ToHaveValueAsync("");
        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToHaveValueAsync(Ada);
        await ada.Page.Keyboard.TypeAsync(AccountsSite.Password);
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.Page.GetByText("This device", new() { Exact = true }).WaitForAsync();
    }

    // Guard: the rule in forms.js.
    [Fact]
    public async Task The_length_of_a_new_password_is_checked_as_you_type()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        var hint = ada.Page.GetByText("At least 12 characters. Try three or four random words.");
        await Assertions.Expect(hint).ToBeVisibleAsync();
        await Password(ada).PressSequentiallyAsync("four w");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters: 6 to go")).ToBeVisibleAsync();
        await Assertions.Expect(hint).ToBeHiddenAsync();
        // One visible character counts as one.
        await Password(ada).FillAsync("🐎🔋🧲🪜🌵🎷🐎🔋🧲🪜🌵");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters: 1 to go")).ToBeVisibleAsync();
        await Password(ada).FillAsync("four words in a row");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Long enough.");

        // Typing again removes the previous attempt's error.
        await Password(ada).FillAsync("short");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Too short.");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Password(ada)).ToHaveAttributeAsync("aria-invalid", "true");
        // The script is there: it puts the focus on the first field that has an error.
        await Assertions.Expect(ada.Page.Locator("main form [aria-invalid=true]").First).ToBeFocusedAsync();
        await Password(ada).PressSequentiallyAsync("a");
        await Assertions.Expect(Password(ada)).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(ada.Page.GetByText("Use at least 12 characters.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_password_can_be_shown_and_is_hidden_on_submit()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/sign-in");
        await Password(ada).FillAsync("not the password");
        var show = ada.Page.GetByRole(AriaRole.Button, new() { Name = "Show password" });
        await show.ClickAsync();
        await Assertions.Expect(Password(ada)).ToHaveAttributeAsync("type", "text");
        await Assertions.Expect(show).ToHaveAttributeAsync("aria-pressed", "true");
        await ada.Page.EvaluateAsync(
            "document.addEventListener('submit', event => { event.preventDefault(); window.sentAs = document.getElementById('password').type; })");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        Assert.Equal("password", await ada.Page.EvaluateAsync<string>("window.sentAs"));
    }

    // Guard: the second submit in forms.js. The second press comes before the first response, which carries the browser's id.
    [Fact]
    public async Task Pressing_Sign_in_twice_in_a_new_browser_starts_one_session()
    {
        var hasher = new HeldHasher();
        await using var site = AccountsSite.Start(services: hasher.AddTo);
        await site.RegisterAsync(Ada);
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/sign-in");
        await ada.Page.GetByLabel("Email").FillAsync(Ada);
        await Password(ada).FillAsync(AccountsSite.Password);
        hasher.Hold();
        var posts = 0;
        ada.Page.Request += (_, request) => posts += request.Method is "POST" && request.Url.EndsWith("/sign-in", StringComparison.Ordinal) ? 1 : 0;
        using var pressed = new SemaphoreSlim(0);
        await ada.Page.ExposeFunctionAsync("tellPress", () => { pressed.Release(); });
        await ada.Page.EvaluateAsync("() => addEventListener('submit', () => tellPress(), true)");
        var box = (await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).BoundingBoxAsync())!;
        await ada.Page.Mouse.ClickAsync(box.X + 20, box.Y + 20);
        await hasher.ArrivedAsync();
        await ada.Page.Mouse.ClickAsync(box.X + 20, box.Y + 20);
        for (var press = 1; press <= 2; press++)
            Assert.True(await pressed.WaitAsync(Patience.Limit), $"Press {press} reached no form.");
        hasher.ReleaseAll();
        await ada.Page.GetByText("This device", new() { Exact = true }).WaitForAsync();

        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Equal(1, posts);
    }

    // Guards: the exception in hold() of session-state.js, and hasEntered() before it reloads the page.
    [Fact]
    public async Task A_form_survives_a_lost_connection_and_keeps_what_you_entered()
    {
        await using var site = AccountsSite.Start(services: AccountsSite.DiscardLostCircuits);
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var cable = new Cable(site.Address);
        await using var ada = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await ada.OpenAsync("/settings/password");
        var (current, wanted, others) =
            (ada.Page.GetByLabel("Current password", new() { Exact = true }), ada.Page.GetByLabel("New password", new() { Exact = true }),
            ada.Page.GetByLabel("End all other sessions"));
        await current.FillAsync(AccountsSite.Password);
        await others.UncheckAsync();
        var session = await site.FindSessionIdAsync(ada);

        cable.Cut();
        await Assertions.Expect(ada.Page.GetByText("Connection lost at")).ToBeVisibleAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Remote logout" })).ToBeDisabledAsync();
        await wanted.FillAsync("a brand new passphrase");
        Patience.Until(() => site.Get<SessionCircuits>().Of(session).Count == 0);
        cable.Mend();
        await Assertions.Expect(ada.Page.GetByText("Connection lost at")).ToBeHiddenAsync();
        // A page reloads when its circuit doesn't return, but this one must not.
        // Our code never pauses a circuit, but any script on the page can.
        await ada.Page.EvaluateAsync("() => { Blazor.pauseCircuit(); }");

        await Assertions.Expect(ada.Page.GetByText("This page may be out of date. You can still send the form.")).ToBeVisibleAsync();
        await Assertions.Expect(current).ToHaveValueAsync(AccountsSite.Password);
        await Assertions.Expect(others).Not.ToBeCheckedAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(ada.Page.GetByText("Password changed.")).ToBeVisibleAsync();
        Assert.True(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_long_name_and_email_do_not_break_the_layout()
    {
        await using var site = AccountsSite.Start();
        var email = $"{string.Join('.', Enumerable.Repeat("ada", 14))}@{string.Join('.', Enumerable.Repeat("department", 6))}.example.test";
        await site.RegisterAsync(Ada);
        await site.RegisterAsync(email, "Wolfeschlegelsteinhausenbergerdorff Maximiliana Alexandrina Theodora");
        Assert.True(await MenuHeightAsync(email) <= await MenuHeightAsync(Ada) + 40);

        async Task<float> MenuHeightAsync(string who)
        {
            await using var person = await (await Person.OpenAsync(chromium, site)).SignInAsync(who);
            await person.OpenAsync("/settings");
            await Assertions.Expect(person.Page.Locator("main").GetByText(who)).ToBeVisibleAsync();
            Assert.Equal(1360, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            return (await person.Page.Locator(".me").BoundingBoxAsync())!.Height;
        }
    }

    private static ILocator Password(Person person) => person.Page.GetByLabel("Password", new() { Exact = true });
}
