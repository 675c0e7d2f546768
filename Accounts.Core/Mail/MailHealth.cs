using System.Diagnostics.Metrics;
using Accounts.Core.Settings;

namespace Accounts.Core.Mail;

/// <summary>How sending goes, for operators.</summary>
internal sealed class MailHealth
{
    private readonly Counter<long> _ended;
    private readonly Counter<long> _postponed;
    private readonly Counter<long> _unavailable;
    private MailProblem? _problem;
    private int _waiting;

    public MailHealth(IMeterFactory meters)
    {
        var meter = meters.Create(AccountsMeter.Name);
        _ended = meter.CreateCounter<long>("accounts.mail.ended", "{email}", "Emails that were sent or given up, by what became of them.")
            .FromZero(AccountsMeter.Tags<MailEnd>(Tag));
        _postponed = meter.CreateCounter<long>("accounts.mail.postponed", "{attempt}", "Attempts to send an email that the mail server put off.")
            .FromZero();
        _unavailable = meter.CreateCounter<long>("accounts.mail.unavailable", "{attempt}", "Attempts to reach the mail server that failed.")
            .FromZero();
        meter.CreateObservableUpDownCounter("accounts.mail.waiting", () => Volatile.Read(ref _waiting), "{email}", "Emails that wait to be sent.");
    }

    private const string Tag = "accounts.mail.end";

    /// <summary>Why no email can be sent now; null if the last attempt reached the mail server.</summary>
    public MailProblem? Problem => Volatile.Read(ref _problem);

    public void Ended(MailEnd end) => _ended.Add(1, AccountsMeter.Tag(Tag, end));

    public void Postponed() => _postponed.Add(1);

    public void Waits(int count) => Volatile.Write(ref _waiting, count);

    /// <returns>Whether it worked before.</returns>
    public bool Fails(DateTimeOffset now, string why)
    {
        _unavailable.Add(1);
        var before = Problem;
        Volatile.Write(ref _problem, new MailProblem(before?.Since ?? now, why));
        return before is null;
    }

    /// <returns>Whether it failed before.</returns>
    public bool Works() => Interlocked.Exchange(ref _problem, null) is not null;
}

/// <summary>Why no email can be sent.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Why">What the last attempt said: which server, and what failed.</param>
public sealed record MailProblem(DateTimeOffset Since, string Why);

/// <summary>How the outbox is doing.</summary>
/// <param name="Waiting">Emails that wait to be sent.</param>
/// <param name="OldestAt">When the oldest of them was written; null if none waits.</param>
/// <param name="Failed">Emails of the last day that the mail server refused, or that were given up.</param>
/// <param name="Problem">Why none can be sent now; null if nothing is known to be wrong.</param>
public sealed record MailState(int Waiting, DateTimeOffset? OldestAt, int Failed, MailProblem? Problem)
{
    /// <summary>How long an email may wait without anybody having to look: 5 minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether emails wait for longer than they should.</summary>
    /// <param name="now">The time.</param>
    public bool IsLate(DateTimeOffset now) => now - OldestAt > Patience;
}
