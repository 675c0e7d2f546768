using Accounts.Core.Administration;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Browser;

/// <summary>A user, a member of support and an administrator, each in a browser of their own.</summary>
[Collection(BrowserTests.Name)]
public sealed class AdministrationTests(Chromium chromium)
{
    [EachEngineFact]
    public async Task An_administrator_acts_and_the_other_browsers_follow_at_once()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var support = await (await Person.OpenAsync(chromium, site)).SignInAsync(Sam);
        await using var root = await (await Person.OpenAsync(chromium, site)).SignInAsync(Root);
        var (ada, sam) = ($"/admin/users/{site.FindUser(Ada)}", $"/admin/users/{site.FindUser(Sam)}");

        // Support views Ada. Then Sam loses the role: the view ends, and so does the way to the console.
        await support.OpenAsync(site.ViewForm(Ada));
        await support.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync(Why);
        await support.Page.GetByRole(AriaRole.Button, new() { Name = "View as" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByText("Sam Keller from support is viewing your account, read-only.")).ToBeVisibleAsync();
        await root.OpenAsync(sam);
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Change the role" }).ClickAsync();
        await root.Page.GetByRole(AriaRole.Combobox, new() { Name = "Role" }).SelectOptionAsync(new[] { "" });
        await ConfirmAsync(root.Page, "Change the role");
        await Assertions.Expect(root.Page.GetByText("The role is changed.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("Sam Keller from support is viewing your account, read-only.")).ToHaveCountAsync(0);
        await Person.WaitForPathAsync(support.Page, "/settings/sessions");
        await Assertions.Expect(support.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(support.Page.GetByRole(AriaRole.Link, new() { Name = "Support", Exact = true })).ToHaveCountAsync(0);

        // The account is disabled: its open page leaves at once, and nobody signs in.
        await root.OpenAsync(ada);
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Disable…" }).ClickAsync();
        await ConfirmAsync(root.Page, "Disable the account");
        await Assertions.Expect(root.Page.GetByText("The account is disabled. 1 session ended.")).ToBeVisibleAsync();
        await Person.WaitForPathAsync(owner.Page, "/signed-out");
        await Assertions.Expect(owner.Page.GetByText("An administrator disabled this account.")).ToBeVisibleAsync();
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Enable…" }).ClickAsync();
        await ConfirmAsync(root.Page, "Enable the account");
        await using var back = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);

        // Everybody's sessions end, except the administrator's.
        await root.OpenAsync("/admin/everybody");
        await root.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync("Keys were leaked");
        await root.Page.GetByLabel("Type “everybody” to confirm").FillAsync("everybody");
        await root.Page.GetByRole(AriaRole.Button, new() { Name = "End all sessions of everybody" }).ClickAsync();
        await Person.WaitForPathAsync(back.Page, "/signed-out");
        await Person.WaitForPathAsync(support.Page, "/signed-out");
        await Assertions.Expect(root.Page.GetByText("2 of 2 sessions.")).ToBeVisibleAsync();
        await root.OpenAsync("/settings/audit");
        await Assertions.Expect(root.Page.Locator("tbody").GetByText("You ended everybody's sessions")).ToBeVisibleAsync();
    }

    [EachEngineFact]
    public async Task Owners_delete_their_account_and_every_open_page_leaves_until_they_keep_it()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var phone = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await using var root = await (await Person.OpenAsync(chromium, site)).SignInAsync(Root);

        await owner.OpenAsync("/settings");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Delete…" }).ClickAsync();
        await owner.Page.GetByLabel("Your email, to confirm").FillAsync(Ada);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Delete account" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByText("This account is scheduled for deletion.")).ToBeVisibleAsync();
        await Person.WaitForPathAsync(phone.Page, "/signed-out");
        await Assertions.Expect(phone.Page.GetByText("This account is scheduled for deletion.")).ToBeVisibleAsync();

        // The administrator finds the account among those that are to be deleted.
        await root.GoAsync("/admin?status=to-be-deleted");
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Ada Lovelace" }).ClickAsync();
        await Assertions.Expect(root.Page.GetByText("The owner asked for it, and can take it back by signing in.")).ToBeVisibleAsync();

        await phone.GoAsync("/sign-in");
        await phone.Page.GetByLabel("Email").FillAsync(Ada);
        await phone.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await phone.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(AccountsSite.Password);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Keep my account" }).ClickAsync();
        await Assertions.Expect(phone.Page.GetByText("This device", new() { Exact = true })).ToBeVisibleAsync();

        // Then the administrator deletes it, with a reason.
        await root.Page.ReloadAsync();
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Delete…" }).ClickAsync();
        await ConfirmAsync(root.Page, "Delete the account");
        await Assertions.Expect(root.Page.GetByText("The account is scheduled for deletion. 1 session ended.")).ToBeVisibleAsync();
        await Person.WaitForPathAsync(phone.Page, "/signed-out");
        await root.Page.GetByRole(AriaRole.Link, new() { Name = "Restore…" }).ClickAsync();
        await ConfirmAsync(root.Page, "Restore the account");
        await Assertions.Expect(root.Page.GetByText("The account is restored.")).ToBeVisibleAsync();
        await using var back = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
    }

    private static async Task ConfirmAsync(IPage page, string button)
    {
        await page.GetByLabel("Reason", new() { Exact = true }).FillAsync("Ticket 4711");
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }
}
