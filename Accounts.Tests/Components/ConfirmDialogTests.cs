using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Look;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Accounts.Tests.Components;

/// <summary>The dialog that asks before a session ends.</summary>
[OnSqlite]
public sealed class ConfirmDialogTests
{
    [Fact]
    public async Task The_dialog_says_what_ends_and_closes_after_the_action()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        var acts = 0;
        await AskAsync(page, () => Task.FromResult(++acts > 0));

        Assert.Equal("Terminate Firefox 150 on Ubuntu?", page.Dialogs.Find("h2").TextContent);
        Assert.Equal("It ends.", page.Dialogs.Find(".what").TextContent);
        Assert.Equal(["Cancel", "Terminate"], page.Dialogs.FindAll("button").Select(button => button.TextContent), StringComparer.Ordinal);
        await page.Dialogs.FindAll("button")[1].ClickAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
        Assert.Equal(1, acts);
    }

    [Fact]
    public async Task Cancel_closes_the_dialog_and_does_nothing()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        var acts = 0;
        await AskAsync(page, () => Task.FromResult(++acts > 0));
        await page.Dialogs.FindAll("button")[0].ClickAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
        Assert.Equal(0, acts);
    }

    [Fact]
    public async Task Buttons_are_disabled_while_the_action_runs()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        var acts = 0;
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AskAsync(page, () =>
        {
            acts++;
            return done.Task;
        });
        var act = page.Dialogs.FindAll("button")[1].ClickAsync();
        Assert.All(page.Dialogs.FindAll("button"), button => Assert.True(button.HasAttribute("disabled")));
        done.SetResult(true);
        await act;
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
        Assert.Equal(1, acts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_dialog_asks_for_the_password_if_the_last_proof_is_too_old(bool atOnce)
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        var proved = false;
        await AskAsync(page, () => Task.FromResult(proved), atOnce);
        if (!atOnce)
        {
            Assert.Empty(page.Dialogs.FindAll("form"));
            await page.Dialogs.FindAll("button")[1].ClickAsync();
        }

        page.Dialogs.WaitForElement("form.proof input[type=password]");
        // The form names the account for password managers, and posts the password directly to the server.
        Assert.Equal(CoreHost.Email, page.Dialogs.Find("form.proof input[autocomplete=username]").GetAttribute("value"));
        Assert.Equal("post", page.Dialogs.Find("form.proof").GetAttribute("method"));
        proved = true;
        await page.Dialogs.Find("[data-proved]").ClickAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
    }

    [Fact]
    public async Task A_database_failure_is_reported_and_you_can_try_again()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        var answers = false;
        await AskAsync(page, () => answers ? Task.FromResult(true) : throw new DatabaseUnavailableException(new TimeoutException()));
        await page.Dialogs.FindAll("button")[1].ClickAsync();
        Assert.Equal("Couldn't terminate it. Nothing changed. Try again.", page.Dialogs.Find("[role=alert]").TextContent);
        answers = true;
        await page.Dialogs.FindAll("button")[1].ClickAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
    }

    // Guard: FailedChange in ConfirmDialog.
    [Fact]
    public async Task A_failure_that_may_have_changed_something_says_so()
    {
        await using var host = CoreHost.Start();
        await using var page = await OpenAsync(host);
        await AskAsync(page, () => throw new DatabaseUnavailableException(new CommitUnknownException(new TimeoutException())));
        await page.Dialogs.FindAll("button")[1].ClickAsync();
        Assert.Equal("This may or may not have worked. Check your sessions, and try again if needed.", page.Dialogs.Find("[role=alert]").TextContent);
    }

    private static async Task<ComponentPage> OpenAsync(CoreHost host)
    {
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        var page = await ComponentPage.OpenAsync(host, ada);
        page.Render<Toast>();
        return page;
    }

    private static async Task AskAsync(ComponentPage page, Func<Task<bool>> act, bool asksForProof = false)
    {
        var dialogs = page.Context.Services.GetRequiredService<IDialogService>();
        await page.Dialogs.InvokeAsync(
            () => dialogs.ConfirmAsync("Terminate Firefox 150 on Ubuntu?", "Terminate", builder => builder.AddContent(0, "It ends."), asksForProof,
                act, Texts.Sessions_CouldntTerminate));
        page.Dialogs.WaitForElement("[role=dialog]");
    }
}
