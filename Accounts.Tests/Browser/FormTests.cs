using Accounts.Tests.Fixtures;
using Accounts.Web.Sessions;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A form that is refused: the person is where they have to go on, and no password comes back.</summary>
[Collection(BrowserTests.Name)]
public sealed class FormTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Guard: forms.js, and the last line of each SubmitAsync.
    [Fact]
    public async Task The_first_field_that_is_wrong_has_the_focus_and_what_was_right_is_still_there()
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
        var (current, wanted) = (ada.Page.GetByLabel("Current password"), ada.Page.GetByLabel("New password"));
        await current.FillAsync(AccountsSite.Password);
        await wanted.FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(wanted).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(wanted).ToBeFocusedAsync();
        foreach (var field in new[] { current, wanted })
            await Assertions.Expect(field).ToHaveValueAsync("");
    }

    // Guards: the core's one round of rules; each message beside its field and named by it.
    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_beside_its_field()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        await ada.Page.GetByLabel("Name").FillAsync("Ada Lovelace");
        await ada.Page.GetByLabel("Email").FillAsync("ada at example");
        await Password(ada).FillAsync("short");
        await ada.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToBeFocusedAsync();
        await Assertions.Expect(ada.Page.GetByLabel("Email")).ToHaveAccessibleDescriptionAsync("Enter a full address, such as name@example.com.");
        await Assertions.Expect(Password(ada)).ToHaveAccessibleDescriptionAsync("Use at least 12 characters.");
        await Assertions.Expect(ada.Page.Locator("[aria-invalid=true]")).ToHaveCountAsync(2);
        // A notice is for what is no field's fault.
        await Assertions.Expect(ada.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task After_a_wrong_password_people_go_on_at_the_password_and_their_email_is_still_there()
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
    public async Task The_length_of_a_new_password_is_checked_while_it_is_typed()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/register");
        var hint = ada.Page.GetByText("At least 12 characters. Try three or four random words.");
        await Assertions.Expect(hint).ToBeVisibleAsync();
        await Password(ada).PressSequentiallyAsync("four w");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters: 6 to go")).ToBeVisibleAsync();
        await Assertions.Expect(hint).ToBeHiddenAsync();
        // What was one character for a person is one here.
        await Password(ada).FillAsync("🐎🔋🧲🪜🌵🎷🐎🔋🧲🪜🌵");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters: 1 to go")).ToBeVisibleAsync();
        await Password(ada).FillAsync("four words in a row");
        await Assertions.Expect(ada.Page.GetByText("At least 12 characters", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Long enough.");

        // What was wrong with the last try is not said of the next one.
        await Password(ada).FillAsync("short");
        await Assertions.Expect(ada.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Too short.");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Password(ada)).ToHaveAttributeAsync("aria-invalid", "true");
        await Password(ada).PressSequentiallyAsync("a");
        await Assertions.Expect(Password(ada)).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(ada.Page.GetByText("Use at least 12 characters.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_password_can_be_looked_at_and_is_hidden_when_it_is_sent()
    {
        await using var site = AccountsSite.Start();
        await using var ada = await Person.OpenAsync(chromium, site);
        await ada.GoAsync("/sign-in");
        await Password(ada).FillAsync("not the password");
        var show = ada.Page.GetByRole(AriaRole.Button, new() { Name = "Show password" });
        await show.ClickAsync();
        await Assertions.Expect(Password(ada)).ToHaveAttributeAsync("type", "text");
        await Assertions.Expect(show).ToHaveAttributeAsync("aria-pressed", "true");
        await ada.Page.EvaluateAsync("document.addEventListener('submit', event => { event.preventDefault(); window.sentAs = document.getElementById('password').type; })");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        Assert.Equal("password", await ada.Page.EvaluateAsync<string>("window.sentAs"));
    }

    // Guard: the second submit in forms.js. The first answer, with the browser's id in it, isn't there yet when the second press comes.
    [Fact]
    public async Task Two_presses_in_a_new_browser_start_one_session()
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
        hasher.LetAll();
        await ada.Page.GetByText("This device", new() { Exact = true }).WaitForAsync();

        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Equal(1, posts);
    }

    // Guards: the exception in hold() of session-state.js, and hasEntered() before it loads the page again.
    [Fact]
    public async Task A_form_that_posts_outlives_the_connection_and_keeps_what_was_entered()
    {
        await using var site = AccountsSite.Start(services: AccountsSite.LetCircuitsGo);
        await site.RegisterAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var cable = new Cable(site.Address);
        await using var ada = await (await Person.OpenAsync(chromium, cable.Address)).SignInAsync(Ada);
        await ada.OpenAsync("/settings/password");
        var (current, wanted, others) = (ada.Page.GetByLabel("Current password"), ada.Page.GetByLabel("New password"), ada.Page.GetByLabel("End all other sessions"));
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
        // A circuit that does not come back has the page loaded again: not this one. Nothing of ours pauses it; any script on the page can.
        await ada.Page.EvaluateAsync("() => { Blazor.pauseCircuit(); }");

        await Assertions.Expect(ada.Page.GetByText("This page may be out of date. You can still send the form.")).ToBeVisibleAsync();
        await Assertions.Expect(current).ToHaveValueAsync(AccountsSite.Password);
        await Assertions.Expect(others).Not.ToBeCheckedAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(ada.Page.GetByText("Password changed.")).ToBeVisibleAsync();
        Assert.True(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_long_name_and_a_long_address_leave_the_frame_as_it_is()
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
