using Accounts.Core.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Fixtures;

/// <summary>The edge at which emails leave the core: it keeps what the core sends, and can refuse or break as a mail server does.</summary>
internal sealed class Mailbox : IMailSender
{
    private readonly Lock _lock = new();
    private readonly List<OutgoingMail> _sent = [];

    public bool IsConfigured { get; init; } = true;

    /// <summary>What the mail server says to each email; null: it takes it.</summary>
    public Func<OutgoingMail, MailResult>? Answer { get; set; }

    /// <summary>Why no email can be sent; null if they can.</summary>
    public string? Down { get; set; }

    public IReadOnlyList<OutgoingMail> Sent => _sent;

    /// <summary>How often an email was offered, whatever became of it.</summary>
    public int Attempts { get; private set; }

    public int Connections { get; private set; }

    /// <summary>Registers it as an application does.</summary>
    public void AddTo(IServiceCollection services) => services.AddSingleton<IMailSender>(this);

    public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default)
    {
        if (Down is { } why)
            throw new MailUnavailableException(why);
        lock (_lock)
            Connections++;
        return Task.FromResult<IMailConnection>(new Connection(this));
    }

    /// <summary>Sends what waits, and returns the only new email of a kind.</summary>
    public async Task<OutgoingMail> NextAsync(CoreHost host, MailKind kind)
    {
        var before = _sent.Count;
        await host.Get<MailDelivery>().RunAsync();
        return Xunit.Assert.Single(_sent.Skip(before), mail => mail.Kind == kind);
    }

    private sealed class Connection(Mailbox box) : IMailConnection
    {
        public Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken = default)
        {
            using var alone = box._lock.EnterScope();
            box.Attempts++;
            if (box.Down is { } why)
                throw new MailUnavailableException(why);
            var result = box.Answer?.Invoke(mail) ?? new MailResult(MailOutcome.Sent);
            if (result.Outcome is MailOutcome.Sent)
                box._sent.Add(mail);
            return Task.FromResult(result);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
