using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using Accounts.Web.Support;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.Configuration;

namespace Accounts.Tests.Web.Support;

/// <summary>The operator configures how to reach support. You find the link where you can't sign in.</summary>
public sealed class SupportOptionsTests
{
    private const string Rule = "Support:Contact: must be empty, an https or http address, or an email address, of at most 500 characters.";

    [Theory]
    [InlineData("", null)]
    [InlineData("https://help.example.test/tickets?from=accounts", "https://help.example.test/tickets?from=accounts")]
    [InlineData("http://help.example.test", "http://help.example.test")]
    [InlineData("help@example.test", "mailto:help@example.test")]
    [InlineData("help+accounts@example.test", "mailto:help%2Baccounts@example.test")]
    public void A_URL_or_an_email_becomes_a_link(string contact, string? href)
    {
        Assert.Equal("", Problems(contact));
        Assert.Equal(href, new SupportOptions { Contact = contact }.Href);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("help@")]
    [InlineData("help@example.test?bcc=me@example.test")]
    [InlineData("Help <help@example.test>")]
    [InlineData("help @example.test")]
    [InlineData("help@example.test\r\nBcc: me@example.test")]
    [InlineData("mailto:help@example.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://help.example.test")]
    [InlineData("//help.example.test")]
    [InlineData("https://name:word@help.example.test")]
    [InlineData("https://help.example.test/a b")]
    [InlineData("https://help.example.test/a\tb")]
    public void Other_contacts_stop_the_start(string contact) =>
        Assert.Contains($"{Rule} It is '{contact}'.", Problems(contact), StringComparison.Ordinal);

    [Fact]
    public void A_contact_has_a_maximum_length()
    {
        Assert.Equal("", Problems("https://help.example.test/".PadRight(500, 'x')));
        Assert.Contains(Rule, Problems("https://help.example.test/".PadRight(501, 'x')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/help/access")]
    [InlineData("/signed-out")]
    public async Task The_contact_is_on_the_pages_for_people_who_cannot_sign_in(string path)
    {
        await using var silent = AccountsSite.Start();
        using var visitor = silent.Visit();
        Assert.DoesNotContain("Contact support", await visitor.ReadAsync(path), StringComparison.Ordinal);

        await using var site = AccountsSite.Start(settings: ("Support:Contact", "help@example.test"));
        using var other = site.Visit();
        var page = new HtmlParser().ParseDocument(await other.ReadAsync(path));
        var link = Assert.Single(page.QuerySelectorAll("main a"), a => a.TextContent is "Contact support");
        Assert.Equal("mailto:help@example.test", link.GetAttribute("href"));
    }

    private static string Problems(string contact) => SettingsOf.Problems(("Support:Contact", contact));
}
