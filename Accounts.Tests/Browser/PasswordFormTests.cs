using System.Collections.Concurrent;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Every password form names its account. Password managers then know which entry it belongs to, and Chromium has no warning.</summary>
[Collection(BrowserTests.Name)]
public sealed class PasswordFormTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Guard: the field with autocomplete="username" in each form.
    [Fact]
    public async Task Every_password_form_names_its_account_and_the_console_has_no_warning()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 2, Visitor.Phone);
        await using var ada = await Person.OpenAsync(chromium, site);
        var said = new ConcurrentQueue<string>();
        var warned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ada.Page.Console += (_, message) =>
        {
            if (message.Text.Contains("Password forms should have", StringComparison.Ordinal))
                warned.TrySetResult();
            if (message.Text.Contains("[DOM]", StringComparison.Ordinal))
                said.Enqueue($"{ada.Page.Url}: {message.Text}");
        };
        foreach (var path in new[] { "/sign-in", "/register" })
        {
            await ada.GoAsync(path);
            await CheckAsync("");
        }

        await ada.SignInAsync(Ada);
        clock.PutForward(TimeSpan.FromMinutes(11));
        foreach (var path in new[] { "/settings/password", "/settings/sessions/end?all=true" })
        {
            await ada.OpenAsync(path);
            await CheckAsync(Ada);
        }

        foreach (var (path, button) in new[]
        {
            ("/settings/sessions", "Sign out everywhere"), ("/settings/security", "Remote logout"), ("/settings/password", "Remote logout"),
        })
        {
            await ada.OpenAsync(path);
            await ada.PressAsync(button);
            await ada.ConfirmAsync(button);
            await ada.Dialog.GetByLabel("Enter your password to continue").WaitForAsync();
            await CheckAsync(Ada);
        }

        Assert.Empty(said);
        // The positive control: Chromium warns of a form without an account.
        await ada.GoAsync("/help/access");
        await ada.Page.EvaluateAsync(
            "document.querySelector('main').innerHTML = '<form><input type=password autocomplete=current-password></form>'");
        await warned.Task.WaitAsync(Patience.Limit);

        // Fields without an account, or with another one.
        async Task CheckAsync(string account)
        {
            var forms = ada.Page.Locator("form:has(input[type=password])");
            await Assertions.Expect(forms.First).ToBeAttachedAsync();
            foreach (var form in await forms.AllAsync())
            {
                var field = form.Locator("input[autocomplete~=username]");
                await Assertions.Expect(field).ToHaveCountAsync(1);
                await Assertions.Expect(field).ToHaveValueAsync(account);
                if (account.Length > 0)
                    await Assertions.Expect(field).ToBeHiddenAsync();
            }
        }
    }
}
