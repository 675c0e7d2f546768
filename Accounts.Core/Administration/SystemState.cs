using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;

namespace Accounts.Core.Administration;

/// <summary>How the installation is doing. A fact that needs somebody's attention is null, or empty, if all is well.</summary>
public sealed record SystemState
{
    /// <summary>When it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When this process began to use its database.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The live sessions of all accounts, views of support included.</summary>
    public required int LiveSessions { get; init; }

    /// <summary>How many sessions ended in the last day, by reason, views of support included. A reason for which none ended is missing.</summary>
    public required IReadOnlyDictionary<EndReason, int> Endings { get; init; }

    /// <summary>How long open pages wait until they learn of an ending; null if none has since the start.</summary>
    public PushTimes? Push { get; init; }

    /// <summary>The database.</summary>
    public required DatabaseFacts Database { get; init; }

    /// <summary>The geolocation database in use.</summary>
    public required PlaceSource Places { get; init; }

    /// <summary>How many hashes of passwords wait for a thread.</summary>
    public int HashesWaiting { get; init; }

    /// <summary>When password hashing last refused a request, if that was in the last hour.</summary>
    public DateTimeOffset? HashingRefusedAt { get; init; }

    /// <summary>How many password forms wait in the sign-in queue.</summary>
    public int FormsWaiting { get; init; }

    /// <summary>When the sign-in queue last refused a form, if that was in the last hour.</summary>
    public DateTimeOffset? FormsRefusedAt { get; init; }

    /// <summary>The emails that wait to be sent, and those that failed; null if the application sends none.</summary>
    public MailState? Mail { get; init; }

    /// <summary>How far the server's clock is behind the newest session. Sessions that started later than now last that much longer.</summary>
    public TimeSpan? ClockLag { get; init; }

    /// <summary>How far the system's clock is set back. Until it has caught up, this process keeps the time that it had.</summary>
    public TimeSpan? ClockBack { get; init; }

    /// <summary>Whether the application encrypts the Data Protection keys in the database.</summary>
    public bool KeysAreEncrypted { get; init; }
}
