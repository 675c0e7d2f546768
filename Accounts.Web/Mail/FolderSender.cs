using Accounts.Core.Mail;

namespace Accounts.Web.Mail;

/// <summary>Writes emails into the folder of the settings.</summary>
internal sealed class FolderSender(MailFolder folder, MailComposer composer) : IMailSender
{
    public bool IsConfigured => true;

    public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            folder.Make();
            return Task.FromResult<IMailConnection>(new Connection(folder, composer));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(folder, failure);
        }
    }

    private static MailUnavailableException Unwritable(MailFolder folder, Exception failure) =>
        new($"Emails can't be written into {folder.Location} (Mail:Folder): {failure.Message}", failure);

    private sealed class Connection(MailFolder folder, MailComposer composer) : IMailConnection
    {
        public async Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken = default)
        {
            if (MailComposer.RecipientOf(mail) is not { } to)
                return new MailResult(MailOutcome.Refused, "The address can't be read.");

            using var message = composer.Compose(mail, to);
            try
            {
                await folder.WriteAsync(mail, message, cancellationToken);
                return new MailResult(MailOutcome.Sent);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(folder, failure);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
