using System.Collections.Concurrent;
using Accounts.Tests.Fixtures;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>What people do with an email, in real browsers, with emails that a real mail server received.</summary>
[Collection(BrowserTests.Name)]
public sealed class EmailTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string New = "correct horse battery stapler";

    private readonly ConcurrentQueue<string> _said = new();

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_signs_in_the_browser_that_confirms_it(bool phone)
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var asks = await OpenAsync(site, phone);
        await asks.GoAsync("/sign-in?returnUrl=%2Fsettings%2Fsecurity");
        await asks.Page.GetByRole(AriaRole.Link, new() { Name = "Email me a sign-in link" }).ClickAsync();
        await Person.WaitForPathAsync(asks.Page, "/sign-in/link");
        await CheckAsync(asks);
        await asks.PressAsync("Send link");
        await Assertions.Expect(asks.Page.GetByText("Enter your email.")).ToBeVisibleAsync();
        await asks.FillAsync(("Email", Ada));
        await asks.PressAsync("Send link");
        await Assertions.Expect(asks.Page.GetByRole(AriaRole.Heading, new() { Name = "Check your email" })).ToBeVisibleAsync();
        await CheckAsync(asks);

        var link = (await NextAsync(mail, "Your sign-in link")).Link.PathAndQuery;
        await using var opens = await OpenAsync(site, phone);
        await opens.GoAsync(link);
        await Assertions.Expect(opens.Page.GetByText("This link was requested in another browser.")).ToBeVisibleAsync();
        await Assertions.Expect(opens.Page.Locator("main .lead")).ToContainTextAsync(Ada);
        await Assertions.Expect(opens.Page.Locator("main dl")).ToContainTextAsync(phone ? "Safari" : "Chromium 156");
        await CheckAsync(opens);
        // It changes nothing until somebody confirms, also after a reload.
        await opens.Page.ReloadAsync();
        Assert.Equal(0, site.Rows().Number("SELECT count(*) FROM \"Sessions\""));
        await opens.PressAsync("Sign in");
        await Person.WaitForPathAsync(opens.Page, "/settings/security");

        // The browser that asked isn't signed in, and the link is used up.
        await asks.GoAsync("/settings/sessions");
        await Person.WaitForPathAsync(asks.Page, "/sign-in");
        await asks.GoAsync(link);
        await Assertions.Expect(asks.Page.GetByRole(AriaRole.Heading, new() { Name = "This link no longer works" })).ToBeVisibleAsync();
        await CheckAsync(asks);
        Assert.Empty(_said);
    }

    [EachEngineFact]
    public async Task A_reset_signs_every_browser_out_at_once()
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var thief = await (await OpenAsync(site)).SignInAsync(Ada);
        await using var owner = await OpenAsync(site);
        await owner.GoAsync("/help/access");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Reset your password" }).ClickAsync();
        await owner.FillAsync(("Email", Ada));
        await owner.PressAsync("Send link");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Name = "Check your email" })).ToBeVisibleAsync();

        await owner.GoAsync((await NextAsync(mail, "Choose a new password")).Link.PathAndQuery);
        await CheckAsync(owner);
        await owner.FillAsync(("New password", "password"));
        await owner.PressAsync("Change password");
        await Assertions.Expect(owner.Page.Locator("#new-problem")).ToHaveTextAsync("Use at least 12 characters.");
        await Person.WaitForCircuitAsync(thief.Page);
        await owner.FillAsync(("New password", New));
        await owner.PressAsync("Change password");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Name = "Password changed" })).ToBeVisibleAsync();
        await CheckAsync(owner);
        await thief.WaitForSignedOutAsync();
        var why = thief.Page.GetByText("Someone reset the password with a link from an email, and ended every session.");
        await Assertions.Expect(why).ToBeVisibleAsync();
        Assert.Contains("Chromium 156", (await NextAsync(mail, "Your password was reset")).Text, StringComparison.Ordinal);

        await owner.SignInAsync(Ada, password: New);
        Assert.Empty(_said);
    }

    [EachEngineFact]
    public async Task A_code_by_email_confirms_in_the_dialog()
    {
        var clock = new ShiftedClock();
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(clock, settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var owner = await (await OpenAsync(site)).SignInAsync(Ada);
        await using var other = await (await OpenAsync(site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        clock.PutForward(TimeSpan.FromMinutes(11));

        await owner.AskToTerminateAsync(owner.CardOf(await site.FindSessionIdAsync(other)));
        await owner.ConfirmAsync("Terminate");
        await owner.Dialog.GetByRole(AriaRole.Button, new() { Name = "Email me a code" }).ClickAsync();
        var field = owner.Dialog.GetByLabel("Code from your email");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("We sent 8 digits to a•••@e•••.test.");
        await CheckAsync(owner);
        var code = (await NextAsync(mail, "Your confirmation code")).Code;
        await field.FillAsync((code[0] == '0' ? "1" : "0") + code[1..]);
        await owner.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Wrong or expired code.");
        await owner.WaitForCardsAsync(2);
        await field.FillAsync($"{code[..4]} {code[4..]}");
        await owner.Page.Keyboard.PressAsync("Enter");
        await other.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);
        Assert.Empty(_said);
    }

    [EachEngineFact]
    public async Task A_code_by_email_confirms_on_a_page_without_scripts()
    {
        var clock = new ShiftedClock();
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(clock, settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var owner = await Person.OpenAsync(chromium, site, scripts: false);
        await owner.GoAsync("/sign-in");
        await owner.FillAsync(("Email", Ada), ("Password", AccountsSite.Password));
        await owner.PressAsync("Sign in");
        clock.PutForward(TimeSpan.FromMinutes(11));
        await owner.GoAsync("/settings/account/delete");
        await owner.PressAsync("Email me a code");
        var code = (await NextAsync(mail, "Your confirmation code")).Code;
        await owner.FillAsync(("Code from your email", "00000000"));
        await owner.PressAsync("Continue");
        await Assertions.Expect(owner.Page.GetByText("Wrong or expired code.")).ToBeVisibleAsync();
        await owner.FillAsync(("Code from your email", code));
        await owner.PressAsync("Continue");
        await Assertions.Expect(owner.Page.GetByLabel("Email", new() { Exact = false })).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeVisibleAsync();
    }

    [EachEngineFact]
    public async Task An_account_is_made_by_whoever_opens_the_link()
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await using var asks = await OpenAsync(site);
        await asks.GoAsync("/register");
        await CheckAsync(asks);
        await asks.FillAsync(("Name", "Ada Lovelace"), ("Email", Ada));
        await asks.PressAsync("Continue");
        await Assertions.Expect(asks.Page.GetByRole(AriaRole.Heading, new() { Name = "Check your email" })).ToBeVisibleAsync();
        await asks.GoAsync((await NextAsync(mail, "Create your account")).Link.PathAndQuery);
        await CheckAsync(asks);
        await asks.FillAsync(("Password", New));
        await asks.PressAsync("Create account");
        await asks.WaitForCardsAsync(1);
        Assert.Equal("Ada Lovelace", site.Rows().Text("SELECT \"DisplayName\" FROM \"Users\""));
        Assert.Empty(_said);
    }

    [EachEngineFact]
    public async Task A_new_browser_is_asked_about_on_the_dashboard_and_by_email()
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var owner = await (await OpenAsync(site)).SignInAsync(Ada);
        await using var stranger = await (await OpenAsync(site, phone: true)).SignInAsync(Ada);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "No, sign it out" })).ToBeVisibleAsync();
        var notice = await NextAsync(mail, "New sign-in to your account");
        Assert.Contains("Safari", notice.Text, StringComparison.Ordinal);
        // The link leads to the page with the question. Opening it ends nothing.
        Assert.Equal("/settings/sessions", notice.Link.PathAndQuery);
        await owner.OpenAsync(notice.Link.PathAndQuery);
        await owner.WaitForCardsAsync(2);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "No, sign it out" }).ClickAsync();
        await owner.ConfirmAsync("Sign out");
        await stranger.WaitForSignedOutAsync();
        Assert.Empty(_said);
    }

    [EachEngineFact]
    public async Task A_new_address_is_confirmed_and_the_old_one_undoes_it()
    {
        const string Other = "ada@new.example.test";
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        await using var owner = await (await OpenAsync(site)).SignInAsync(Ada);
        await owner.OpenAsync("/settings");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Change name" }).ClickAsync();
        await owner.FillAsync(("Name", "Ada King"));
        await CheckAsync(owner);
        await owner.PressAsync("Save");
        await Assertions.Expect(owner.Page.Locator("main").GetByText("Ada King")).ToBeVisibleAsync();

        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Change email" }).ClickAsync();
        await owner.FillAsync(("New email", Other));
        await CheckAsync(owner);
        await owner.PressAsync("Send link");
        await Assertions.Expect(owner.Page.GetByText($"If {Other} is free, a link is on its way to it.")).ToBeVisibleAsync();
        await owner.GoAsync((await NextAsync(mail, "Confirm your new email", Other)).Link.PathAndQuery);
        await CheckAsync(owner);
        await owner.PressAsync("Use this email");
        await Assertions.Expect(owner.Page.GetByText($"Your email is now {Other}.")).ToBeVisibleAsync();

        await using var former = await OpenAsync(site);
        await former.GoAsync((await NextAsync(mail, "Your email was changed")).Link.PathAndQuery);
        await CheckAsync(former);
        await former.FillAsync(("New password", New));
        await former.PressAsync("Change it back");
        await Assertions.Expect(former.Page.GetByRole(AriaRole.Heading, new() { Name = "Your email is back" })).ToBeVisibleAsync();
        await owner.WaitForSignedOutAsync();
        await former.SignInAsync(Ada, password: New);
        Assert.Empty(_said);
    }

    private async Task<Person> OpenAsync(AccountsSite site, bool phone = false)
    {
        var person = await (phone ? Person.OpenPhoneAsync(chromium, site) : Person.OpenAsync(chromium, site));
        // An ended circuit says so, which is no fault.
        person.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                _said.Enqueue(message.Text);
        };
        return person;
    }

    /// <summary>The next email with a subject. Those before it are passed over.</summary>
    private static async Task<ReceivedMail> NextAsync(SmtpServer mail, string subject, string to = Ada)
    {
        while (true)
        {
            if (await mail.NextAsync(to) is var next && next.Subject.StartsWith(subject, StringComparison.Ordinal))
                return next;
        }
    }

    private static async Task CheckAsync(Person person)
    {
        var result = await person.Page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(one => $"{one.Id}: {one.Nodes[0].Html}")));
    }
}
