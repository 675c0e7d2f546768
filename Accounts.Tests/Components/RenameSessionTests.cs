using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Look;
using Accounts.Web.Manager;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Accounts.Tests.Components;

/// <summary>The dialog that names a session.</summary>
[OnSqlite]
public sealed class RenameSessionTests
{
    // Guard: FailedChange in RenameSession.
    [Theory]
    [InlineData(false, "Couldn't rename it. Nothing changed. Try again.")]
    [InlineData(true, "This may or may not have worked. Check your sessions, and try again if needed.")]
    public async Task A_database_failure_is_reported_and_you_can_try_again(bool mayHaveChanged, string text)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        await using var page = await ComponentPage.OpenAsync(host, ada);
        page.Render<Toast>();
        var session = Assert.Single(await host.Sessions.ListAsync(ada.Caller));
        var answers = false;
        var failure = mayHaveChanged
            ? new DatabaseUnavailableException(new CommitUnknownException(new TimeoutException()))
            : new DatabaseUnavailableException(new TimeoutException());
        await page.Dialogs.InvokeAsync(
            () => page.Context.Services.GetRequiredService<IDialogService>().OpenAsync<RenameSession>(new DialogParameters<RenameSession>
            {
                { dialog => dialog.Session, session },
                { dialog => dialog.Act, (RenameSessionInput _) => answers ? Task.FromResult<string?>(null) : throw failure },
            }));
        page.Dialogs.WaitForElement("[role=dialog]");

        await page.Dialogs.Find("form").SubmitAsync();
        Assert.Equal(text, page.Dialogs.Find("[role=alert]").TextContent);
        answers = true;
        await page.Dialogs.Find("form").SubmitAsync();
        page.Dialogs.WaitForAssertion(() => Assert.Empty(page.Dialogs.FindAll("[role=dialog]")));
    }
}
