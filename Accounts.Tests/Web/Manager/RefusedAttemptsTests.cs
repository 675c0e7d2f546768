using System.Net;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Manager;

/// <summary>The owner's page shows what the server refused, before its circuit and without one.</summary>
public sealed class RefusedAttemptsTests
{
    private const string Ada = "ada@example.test";
    private const string Line = "1 failed attempt since your last visit";

    [EachEngineFact]
    public async Task A_wrong_password_appears_on_the_owners_page_and_on_no_others()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync("grace@example.test");
        using var stranger = site.Visit(Visitor.Phone);
        Assert.DoesNotContain("failed attempt", await owner.ReadAsync("/settings/sessions"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await stranger.SignInAsync(Ada, "not this passphrase")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.SignInAsync("nobody@example.test", "not this passphrase")).StatusCode);
        await site.Get<RefusedAttempts>().FlushAsync();

        var page = await owner.ReadAsync("/settings/sessions");
        Assert.Contains(Line, page, StringComparison.Ordinal);
        Assert.Contains("Wrong password at sign-in", page, StringComparison.Ordinal);
        Assert.Contains("Safari 19 on iOS 19.1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("failed attempt", await other.ReadAsync("/settings/sessions"), StringComparison.Ordinal);
    }
}
