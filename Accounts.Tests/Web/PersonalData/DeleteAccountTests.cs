using System.Net;
using System.Text.Json;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Web.PersonalData;

/// <summary>People delete their account and download their data by plain requests.</summary>
public sealed class DeleteAccountTests
{
    private const string Page = "/settings/account/delete";

    [EachEngineFact]
    public async Task The_page_asks_for_the_email_and_the_sign_in_offers_to_keep_the_account()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        Assert.Contains("settings/account/delete", await owner.ReadAsync("/settings"), StringComparison.Ordinal);
        Assert.Contains("You have 14 days to change your mind.", await owner.ReadAsync("/settings"), StringComparison.Ordinal);

        foreach (var (typed, problem) in new[] { ("", "Enter your email."), ("grace@example.test", "Type the email of this account.") })
        {
            using var refused = await owner.SubmitAsync(Page, ("Email", typed));
            Assert.Contains(problem, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.True(await phone.IsSignedInAsync());
        using (var done = await owner.SubmitAsync(Page, ("Email", Ada)))
            Assert.EndsWith("/signed-out", done.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());
        foreach (var visitor in new[] { owner, phone })
            Assert.Contains("This account is scheduled for deletion.", await visitor.ReadAsync("/signed-out"), StringComparison.Ordinal);

        using var back = site.Visit();
        using (var asked = await back.SignInAsync(Ada, AccountsSite.Password))
        {
            var text = await asked.Content.ReadAsStringAsync();
            Assert.Contains("This account will be deleted", text, StringComparison.Ordinal);
            Assert.Contains("Keep my account", text, StringComparison.Ordinal);
            Assert.DoesNotContain(AccountsSite.Password, text, StringComparison.Ordinal);
        }

        (string, string)[] fields = [("Input.Email", Ada), ("Input.KeepAccount", "true")];
        using (var wrong = await back.SubmitAsync("/sign-in", [.. fields, ("Input.Password", "not the password")]))
        {
            var text = await wrong.Content.ReadAsStringAsync();
            Assert.Contains("Wrong email or password.", text, StringComparison.Ordinal);
            Assert.Contains("Keep my account", text, StringComparison.Ordinal);
        }

        using (var kept = await back.SubmitAsync("/sign-in", [.. fields, ("Input.Password", AccountsSite.Password)]))
            Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        Assert.True(await back.IsSignedInAsync());
        Assert.Contains("Account deletion canceled", await back.ReadAsync("/settings/audit"), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task The_page_asks_for_a_fresh_proof_first()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        Assert.DoesNotContain("name=\"Password\"", await owner.ReadAsync(Page), StringComparison.Ordinal);
        clock.PutForward(TimeSpan.FromMinutes(11));
        var page = await owner.ReadAsync(Page);
        Assert.Contains("name=\"Password\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Email\"", page, StringComparison.Ordinal);
        using (var proved = await owner.SubmitAsync(Page, ("Password", AccountsSite.Password)))
            Assert.Equal(HttpStatusCode.Redirect, proved.StatusCode);
        Assert.Contains("name=\"Email\"", await owner.ReadAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_administrator_and_a_view_delete_nothing()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        using var owner = await site.SignInAsync(Ada);
        using var root = await site.SignInAsync(Root);
        using (var refused = await root.SubmitAsync(Page, ("Email", Root)))
            Assert.Contains("You are the only administrator.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await root.IsSignedInAsync());

        await site.ViewAsync(root, Ada);
        var seen = await root.ReadAsync(Page);
        Assert.Contains("Only the owner", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Email\"", seen, StringComparison.Ordinal);
        Assert.True(await owner.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task The_download_is_a_file_with_the_account()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        Assert.Contains("href=\"settings/account/data\"", await owner.ReadAsync("/settings"), StringComparison.Ordinal);
        using var file = await owner.GetAsync("/settings/account/data");
        Assert.Equal("application/json", file.Content.Headers.ContentType!.MediaType);
        Assert.Matches(@"^account-data-\d{4}-\d\d-\d\d\.json$", file.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        using var document = JsonDocument.Parse(await file.Content.ReadAsStringAsync());
        Assert.Equal(Ada, document.RootElement.GetProperty("account").GetProperty("email").GetString());
        Assert.Equal((await site.FindSessionAsync(owner)).Id.Value,
            document.RootElement.GetProperty("sessions")[0].GetProperty("id").GetGuid());
        Assert.Contains("no-store", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        using var stranger = site.Visit();
        using var refused = await stranger.GetAsync("/settings/account/data");
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }
}
