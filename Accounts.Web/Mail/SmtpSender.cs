using System.Globalization;
using System.Text;
using Accounts.Core.Mail;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Accounts.Web.Mail;

/// <summary>Sends emails to the mail server of the settings.</summary>
internal sealed class SmtpSender(IOptions<MailOptions> options, MailComposer composer) : IMailSender
{
    public bool IsConfigured => true;

    public async Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default)
    {
        var to = options.Value;
        // Like .NET's own clients, it doesn't ask whether a certificate was revoked: a machine behind a firewall couldn't.
        var client = new SmtpClient { Timeout = (int)to.Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
        var connection = new Connection(client, composer, to);
        try
        {
            await client.ConnectAsync(to.Host, to.Port, OptionsOf(to.Security), cancellationToken);
            if (to.UserName.Length > 0)
                await client.AuthenticateAsync(to.UserName, to.Password, cancellationToken);
            return connection;
        }
        catch (Exception failure)
        {
            await connection.DisposeAsync();
            // A TLS handshake that the caller stops fails as any handshake.
            cancellationToken.ThrowIfCancellationRequested();
            if (connection.Explain(failure, cancellationToken) is { } why)
                throw new MailUnavailableException(why, failure);
            throw;
        }
    }

    private static SecureSocketOptions OptionsOf(MailSecurity security) => security switch
    {
        MailSecurity.None => SecureSocketOptions.None,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    private sealed class Connection(SmtpClient client, MailComposer composer, MailOptions server) : IMailConnection
    {
        private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}");

        public async Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken = default)
        {
            if (MailComposer.RecipientOf(mail) is not { } to)
                return new MailResult(MailOutcome.Refused, "The address can't be read.");

            // A domain has a form in ASCII, but what is before the @ hasn't.
            var format = FormatOptions.Default.Clone();
            format.International = !Ascii.IsValid(to.GetAddress(idnEncode: true));
            if (format.International && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
                return new MailResult(MailOutcome.Refused, "The mail server takes only addresses in ASCII.");

            using var message = composer.Compose(mail, to);
            try
            {
                var answer = await client.SendAsync(format, message, composer.Sender, [to], cancellationToken);
                return new MailResult(MailOutcome.Sent, MailFailure.Tidy(answer));
            }
            catch (SmtpCommandException refusal)
                when (refusal.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
            {
                return new MailResult((int)refusal.StatusCode < 500 ? MailOutcome.Postponed : MailOutcome.Refused, MailFailure.Said(refusal));
            }
            catch (Exception failure) when (Explain(failure, cancellationToken) is { } why)
            {
                throw new MailUnavailableException(why, failure);
            }
        }

        /// <summary>Why no email can be sent; null if the failure isn't the mail server's, or if the caller stopped.</summary>
        public string? Explain(Exception failure, CancellationToken cancellationToken) =>
            cancellationToken.IsCancellationRequested ? null : MailFailure.Explain(failure, _name, server);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await client.DisconnectAsync(quit: true);
            }
            catch (Exception failure) when (MailFailure.Explain(failure, _name, server) is not null)
            {
                // The server has every email that it took. It needn't say goodbye.
            }

            client.Dispose();
        }
    }
}
