using System.Globalization;
using Accounts.Core.Mail;
using Accounts.Core.Users;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Text;

namespace Accounts.Web.Mail;

/// <summary>Writes emails: plain text, and the same as HTML.</summary>
internal sealed class MailComposer(IOptions<MailOptions> options, DashboardAddress dashboard, TimeProvider time)
{
    /// <summary>Who sends the emails.</summary>
    public MailboxAddress Sender => MailOptions.ReadFrom(options.Value.From)
        ?? throw new InvalidOperationException("Mail:From isn't set. The start should have refused that.");

    /// <summary>Whom an email is for; null if no mail server could read the address.</summary>
    public static MailboxAddress? RecipientOf(OutgoingMail mail) =>
        MailboxAddress.TryParse(mail.To, out var address) && address.Domain.Length > 0
        // A name beside the address isn't part of it.
        && address.Name is null or "" && !mail.To.Any(c => char.IsControl(c) || c is '<' or '>')
            ? new MailboxAddress(TypedText.Clean(mail.Name), address.Address)
            : null;

    /// <summary>Writes an email. Every line of it is 7-bit.</summary>
    /// <exception cref="ArgumentException">The email lacks something that its kind needs.</exception>
    /// <exception cref="MailUnavailableException">Nothing says what links begin with.</exception>
    public MimeMessage Compose(OutgoingMail mail, MailboxAddress to)
    {
        // Background work has the server's language. Emails are in English until users choose one.
        var (culture, language) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = LanguageChoice.Default;
        try
        {
            return Write(mail, to, Letters.Of(mail));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, language);
        }
    }

    private MimeMessage Write(OutgoingMail mail, MailboxAddress to, Letter letter)
    {
        var envelope = EnvelopeOf(mail);
        var message = new MimeMessage([Sender], [to], TypedText.Clean(letter.Subject), new MultipartAlternative
        {
            new TextPart(TextFormat.Plain) { Text = LetterText.Write(letter, envelope) },
            new TextPart(TextFormat.Html) { Text = LetterHtml.Write(letter, envelope) },
        })
        {
            Date = time.GetUtcNow(),
            // The same at each attempt, so that a mail program shows an email that was sent twice once.
            MessageId = $"{mail.Id:N}@{Sender.GetAddress(idnEncode: true).Split('@')[^1]}",
        };
        // Holiday replies don't answer it: https://www.rfc-editor.org/rfc/rfc3834#section-5
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    private Envelope EnvelopeOf(OutgoingMail mail)
    {
        var site = dashboard.Read();
        var (name, to) = (TypedText.Isolate(mail.Name), TypedText.Isolate(mail.To));
        return name.Length > 0
            ? new Envelope(Texts.FormatMail_Greeting(name), site, Texts.FormatMail_Footer(to, site.Authority))
            : new Envelope(null, site, Texts.FormatMail_FooterStranger(to, site.Authority));
    }
}
