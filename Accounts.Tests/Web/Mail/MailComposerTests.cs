using System.Globalization;
using System.Net;
using Accounts.Core.Geolocation;
using Accounts.Core.Mail;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Mail;

/// <summary>The words of emails, and what may get into them.</summary>
public sealed class MailComposerTests : IDisposable
{
    private static readonly MailKind[] WithToken =
    [
        MailKind.SignInLink, MailKind.ResetLink, MailKind.ProofCode, MailKind.RegistrationLink, MailKind.EmailChangeLink, MailKind.EmailChanged,
    ];

    private readonly MailRoom _room = MailRoom.ForWords();

    public static TheoryData<MailKind> Kinds => [.. Enum.GetValues<MailKind>()];

    [Fact]
    public void An_email_says_what_for_until_when_and_who_asked()
    {
        var mail = _room.Write(MailRoom.Of(MailKind.SignInLink));
        Assert.Equal(
            """
            Hello Ada Lovelace,

            Use this link to sign in. It works once, until 12:18 UTC. It signs in the browser in which you open it and confirm.

            Sign in to Accounts:
            https://accounts.example.test/sign-in/link?token=q%2BT%2F0-k_e%3Dn

            Asked for by: Chrome 156 on Windows 11
            Place: Lyon (approximate), France
            When: 18 November 2026, 12:03 UTC

            You didn't ask for it? Ignore this email. Nobody can sign in without it.

            --_
            Sent to ada@example.test because it belongs to an account at accounts.example.test. We never ask for your password by email.

            """.Replace("--_", "-- ", StringComparison.Ordinal),
            mail.Text.ReplaceLineEndings("\n"));
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal("Your sign-in link", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Works once, until 12:18\u00A0UTC.", page.Body!.FirstElementChild!.TextContent);
        Assert.Equal(["Asked for by", "Place", "When"], page.QuerySelectorAll("th").Select(cell => cell.TextContent.Trim()), StringComparer.Ordinal);
        Assert.Equal(mail.Link.AbsoluteUri, Assert.Single(page.QuerySelectorAll("a")).GetAttribute("href"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_its_words_and_only_those_that_need_a_secret_have_one(MailKind kind)
    {
        var mail = _room.Write(MailRoom.Of(kind));
        Assert.InRange(mail.Subject.Length, 10, 60);
        Assert.DoesNotContain(mail.Subject, char.IsControl);
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal(mail.Subject, page.QuerySelector("h1")!.TextContent);
        // The same words in both parts.
        foreach (var paragraph in page.QuerySelectorAll("p, td > a, th").Select(one => one.TextContent.Trim().Replace('\u00A0', ' ')))
            Assert.Contains(paragraph, mail.Text, StringComparison.Ordinal);
        // Nothing is loaded from anywhere.
        Assert.Empty(page.QuerySelectorAll("img, link, script, iframe, [src], [background]"));

        Assert.All(mail.Raw, one => Assert.InRange(one, 1, 127));
        var said = WebUtility.HtmlDecode(mail.Subject + mail.Text + mail.Html).Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(WithToken.Contains(kind),
            said.Contains(MailRoom.Token, StringComparison.Ordinal) || said.Contains(Uri.EscapeDataString(MailRoom.Token), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MailKind.SignInLink, "/sign-in/link?token=q%2BT%2F0-k_e%3Dn")]
    [InlineData(MailKind.ResetLink, "/sign-in/reset?token=q%2BT%2F0-k_e%3Dn")]
    [InlineData(MailKind.NewSignIn, "/settings/sessions")]
    [InlineData(MailKind.ViewBegan, "/settings/sessions")]
    [InlineData(MailKind.PasswordChanged, "/settings/security")]
    [InlineData(MailKind.PasswordReset, "/settings/security")]
    [InlineData(MailKind.TwoFactorTurnedOn, "/settings/security")]
    [InlineData(MailKind.TwoFactorTurnedOff, "/settings/security")]
    [InlineData(MailKind.RecoveryCodesReplaced, "/settings/security")]
    [InlineData(MailKind.TwoFactorResetRequested, "/settings/security")]
    [InlineData(MailKind.TwoFactorReset, "/settings/security")]
    [InlineData(MailKind.PasskeyAdded, "/settings/security")]
    [InlineData(MailKind.PasskeyRemoved, "/settings/security")]
    [InlineData(MailKind.ProviderLinked, "/settings/security")]
    [InlineData(MailKind.ProviderUnlinked, "/settings/security")]
    [InlineData(MailKind.DeletionRequested, "/sign-in")]
    public void An_email_has_one_button_that_leads_there(MailKind kind, string path)
    {
        var mail = _room.Write(MailRoom.Of(kind));
        Assert.Equal($"https://accounts.example.test{path}", mail.Link.AbsoluteUri);
        Assert.Equal(mail.Link.AbsoluteUri, Assert.Single(new HtmlParser().ParseDocument(mail.Html).QuerySelectorAll("a")).GetAttribute("href"));
    }

    [Theory]
    [InlineData("123456", "123 456")]
    [InlineData("12345678", "1234 5678")]
    [InlineData("ABCDEFGHJ", "ABC DEF GHJ")]
    public void A_code_is_shown_in_groups_and_there_is_no_link(string code, string shown)
    {
        var mail = _room.Write(MailRoom.Of(MailKind.ProofCode) with { Token = code });
        Assert.Equal(code, mail.Code);
        Assert.Contains($"\n{shown}\n", mail.Text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains($">{shown}<", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("://", mail.Text + mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(shown, mail.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void What_users_typed_is_text_and_nothing_else()
    {
        const string Nasty = "<b>&\"'</b><script>alert(1)</script>";
        var mail = _room.Write(MailRoom.Of(MailKind.TwoFactorResetRequested) with { Name = Nasty, Device = Nasty, Reason = Nasty });
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Empty(page.QuerySelectorAll("b, script"));
        Assert.Contains($"Hello {Nasty},", page.QuerySelectorAll("p").Select(one => one.TextContent), StringComparer.Ordinal);
        var values = page.QuerySelectorAll("td").Select(one => one.TextContent.Trim()).ToList();
        Assert.Contains(Nasty, values, StringComparer.Ordinal);
        Assert.Contains($"“{Nasty}”", values, StringComparer.Ordinal);
        Assert.Contains(Nasty, mail.Text, StringComparison.Ordinal);
    }

    // Guard: TypedText.Isolate in Letters and MailComposer.
    [Fact]
    public void What_reorders_or_hides_text_is_dropped_and_other_writing_stays_apart()
    {
        var mail = _room.Write(MailRoom.Of(MailKind.NewSignIn) with
        {
            Name = "Ada\u202E\u0007\u200B Lovelace", Device = "\u202Eemorhc\u2066 156\r\n\r\nhttps://evil.example", Reason = "שלום",
            Place = new Place { City = "\u202Elevart", Country = "تونس", CountryCode = "TN" },
        });
        foreach (var part in new[] { mail.Text, mail.Html, mail.Message.To.ToString() })
        {
            Assert.DoesNotContain(part, c => c is '\u202E' or '\u2066' or '\u200B' or '\u0007');
        }

        Assert.Contains("Hello Ada Lovelace,", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Device: emorhc 156 https://evil.example", mail.Text, StringComparison.Ordinal);
        Assert.Contains("“\u2068שלום\u2069”", mail.Text, StringComparison.Ordinal);
        Assert.Contains("\u2068تونس\u2069", mail.Html, StringComparison.Ordinal);
        // The link comes before anything that a stranger's browser says.
        Assert.Equal("https://accounts.example.test/settings/sessions", mail.Link.AbsoluteUri);
    }

    [Fact]
    public void An_email_is_in_English_wherever_the_server_is()
    {
        var (culture, language) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ar-SA");
            var mail = _room.Write(MailRoom.Of(MailKind.NewSignIn));
            Assert.Contains("When: 18 November 2026, 12:03 UTC", mail.Text, StringComparison.Ordinal);
            Assert.Contains("<html lang=\"en\" dir=\"ltr\">", mail.Html, StringComparison.Ordinal);
            Assert.Equal("ar-SA", CultureInfo.CurrentUICulture.Name);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, language);
        }
    }

    [Fact]
    public void Times_are_in_UTC_and_have_a_date_on_another_day()
    {
        var at = new DateTimeOffset(2026, 11, 19, 0, 55, 0, TimeSpan.FromHours(1));
        var mail = _room.Write(MailRoom.Of(MailKind.ResetLink) with { At = at, ExpiresAt = at.AddMinutes(4) });
        Assert.Contains("When: 18 November 2026, 23:55 UTC", mail.Text, StringComparison.Ordinal);
        Assert.Contains("until 23:59 UTC.", mail.Text, StringComparison.Ordinal);
        mail = _room.Write(MailRoom.Of(MailKind.ResetLink) with { At = at, ExpiresAt = at.AddMinutes(15) });
        Assert.Contains("until 19 November 2026, 00:10 UTC.", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unknown_is_not_said()
    {
        var mail = _room.Write(MailRoom.Of(MailKind.NewSignIn) with { Name = null, Device = null, Place = null });
        Assert.DoesNotContain("Hello", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Device", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Place", mail.Text, StringComparison.Ordinal);
        Assert.Contains("because it was entered at accounts.example.test", mail.Text, StringComparison.Ordinal);
        Assert.Single(new HtmlParser().ParseDocument(mail.Html).QuerySelectorAll("th"));
    }

    [Fact]
    public void A_deletion_by_staff_leads_to_help_because_signing_in_is_refused()
    {
        var mail = _room.Write(MailRoom.Of(MailKind.DeletionRequested) with { Reason = "Asked by letter", Device = null, Place = null });
        Assert.Equal("https://accounts.example.test/help/access", mail.Link.AbsoluteUri);
        Assert.Contains("An administrator scheduled your account for deletion. It will be deleted on 19 November 2026, 12:03 UTC.", mail.Text,
            StringComparison.Ordinal);
        Assert.Contains("Reason: “Asked by letter”", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_email_that_lacks_what_it_needs_is_an_error()
    {
        Fails(MailRoom.Of(MailKind.SignInLink) with { Token = null }, "SignInLink needs a value for Token");
        Fails(MailRoom.Of(MailKind.ProofCode) with { ExpiresAt = null }, "ProofCode needs a value for ExpiresAt");
        Fails(MailRoom.Of(MailKind.DeletionRequested) with { DueAt = null }, "DeletionRequested needs a value for DueAt");
        Fails(MailRoom.Of((MailKind)99), "no words for an email of the kind 99");

        void Fails(OutgoingMail mail, string why) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => _room.Write(mail)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _room.Dispose();
}
