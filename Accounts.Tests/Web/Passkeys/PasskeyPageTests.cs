using System.Net;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;
using static Accounts.Tests.Web.Passkeys.PasskeySite;

namespace Accounts.Tests.Web.Passkeys;

/// <summary>The pages of passkeys: plain forms, and a list that support may read.</summary>
public sealed class PasskeyPageTests
{
    private const string Security = "/settings/security";

    [EachEngineFact]
    public async Task Owners_rename_and_remove_a_passkey()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(PasskeySite.Ada);
        using var owner = await site.SignInAsync(PasskeySite.Ada);
        using var phone = await site.SignInAsync(PasskeySite.Ada, Visitor.Phone);
        using var passkey = await site.AddPasskeyAsync(owner);
        using var other = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = true });
        var list = await owner.ReadAsync(Security);
        Assert.Contains(">Chrome 156 on Linux</b>", list, StringComparison.Ordinal);
        Assert.Contains("Synced · added ", list, StringComparison.Ordinal);
        var page = list.Split("href=\"")[1..].Select(part => part.Split('"')[0]).First(
            link => link.Contains("/passkeys/", StringComparison.Ordinal) && !link.EndsWith("/add", StringComparison.Ordinal)
                && !link.EndsWith("/remove", StringComparison.Ordinal));

        foreach (var (typed, problem) in new[] { ("", "Enter a name for this passkey."), (new string('x', 61), "Use at most 60 characters.") })
        {
            using var refused = await owner.SubmitAsync($"/{page}", ("Name", typed));
            Assert.Contains(problem, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var renamed = await owner.SubmitAsync($"/{page}", ("Name", "Work & <laptop>")))
            Assert.Equal(HttpStatusCode.Redirect, renamed.StatusCode);
        Assert.Contains(">Work &amp; &lt;laptop&gt;</b>", await owner.ReadAsync(Security), StringComparison.Ordinal);
        Assert.Contains("Remove Work &amp; &lt;laptop&gt;?", await owner.ReadAsync($"/{page}/remove"), StringComparison.Ordinal);
        using (var removed = await owner.SubmitAsync($"/{page}/remove", ("EndOthers", "true")))
            Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        Assert.DoesNotContain("laptop", await owner.ReadAsync(Security), StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());
        Assert.True(await owner.IsSignedInAsync());
        Assert.Contains("This passkey has been removed already.", await owner.ReadAsync($"/{page}/remove"), StringComparison.Ordinal);
        var log = await owner.ReadAsync("/settings/audit");
        foreach (var said in new[] { "Passkey added", "Passkey renamed", "Passkey removed" })
            Assert.Contains(said, log, StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task A_view_sees_the_list_and_changes_nothing()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        using var owner = await site.SignInAsync(PasskeySite.Ada);
        using var passkey = await site.AddPasskeyAsync(owner);
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, PasskeySite.Ada);
        var list = await staff.ReadAsync(Security);
        Assert.Contains(">Chrome 156 on Linux</b>", list, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"settings/security/passkeys", list, StringComparison.Ordinal);
        Assert.Contains("Only the owner of this account", await staff.ReadAsync("/settings/security/passkeys/add"), StringComparison.Ordinal);
        foreach (var path in new[] { ProofPath, AddPath })
        {
            using var refused = await staff.PostAsync($"{path}/options", await staff.FillAccountMenuAsync());
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }
}
