using System.Collections.Concurrent;
using Accounts.Core.Mail;
using Accounts.Web.Mail;

namespace Accounts.Pictures;

/// <summary>Takes the emails of the application, so that a scene can open their links.</summary>
internal sealed class Postman : IMailSender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Words.ArePseudo ? 60 : 8);

    private readonly ConcurrentDictionary<MailKind, OutgoingMail> _latest = new();

    public bool IsConfigured => true;

    /// <summary>Why no email can be sent; null if they can.</summary>
    public string? Down { get; set; }

    /// <summary>Forgets the emails of the scene before.</summary>
    public void Reset()
    {
        Down = null;
        _latest.Clear();
    }

    /// <summary>Waits for an email of this kind.</summary>
    /// <returns>The path of its link.</returns>
    /// <exception cref="TimeoutException">None came.</exception>
    public async Task<string> LinkAsync(MailKind kind)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromMilliseconds(20))
        {
            if (_latest.TryRemove(kind, out var mail))
                return Letters.Of(mail).Button!.Value.Path;
            await Task.Delay(20);
        }

        throw new TimeoutException($"No email of the kind {kind} came.");
    }

    public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        Down is { } why ? throw new MailUnavailableException(why) : Task.FromResult<IMailConnection>(new Connection(this));

    private sealed class Connection(Postman postman) : IMailConnection
    {
        public Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken = default)
        {
            postman._latest[mail.Kind] = mail;
            return Task.FromResult(new MailResult(MailOutcome.Sent));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
