using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.Passkeys;

/// <summary>The outcome of asking a browser for a passkey.</summary>
public abstract record BeginPasskeyOutcome
{
    private BeginPasskeyOutcome()
    {
    }

    /// <summary>The browser may answer, once and within <see cref="PasskeyAttempt.Patience"/>.</summary>
    /// <param name="Id">The question's id, which comes back with the answer.</param>
    /// <param name="OptionsJson">The options for the page's script.</param>
    public sealed record Began(string Id, string OptionsJson) : BeginPasskeyOutcome;

    /// <summary>Too many questions were asked for from this address.</summary>
    /// <param name="Wait">How long to wait before the next one is let in.</param>
    public sealed record Throttled(TimeSpan Wait) : BeginPasskeyOutcome;

    /// <summary>The account has the maximum number of passkeys.</summary>
    public sealed record TooMany : BeginPasskeyOutcome;

    /// <summary>The caller must prove who they are first.</summary>
    public sealed record ProofNeeded : BeginPasskeyOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : BeginPasskeyOutcome;
}

/// <summary>The outcome of opening an attempt with a browser's answer.</summary>
public abstract record OpenPasskeyOutcome
{
    private OpenPasskeyOutcome()
    {
    }

    /// <summary>Verify the answer, and finish the attempt with what you found.</summary>
    /// <param name="Attempt">The attempt. Dispose it.</param>
    public sealed record Opened(PasskeyAttempt Attempt) : OpenPasskeyOutcome;

    /// <summary>
    /// The answer doesn't count: it names no account, the question is unknown, used up or too old, or was another browser's or session's.
    /// </summary>
    public sealed record Refused : OpenPasskeyOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : OpenPasskeyOutcome;
}

/// <summary>The outcome of a sign-in with a passkey.</summary>
public abstract record PasskeySignInOutcome
{
    private PasskeySignInOutcome()
    {
    }

    /// <summary>The passkey is right. A session started.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : PasskeySignInOutcome;

    /// <summary>The answer doesn't count. The log says why; the user learns nothing of it.</summary>
    public sealed record Refused : PasskeySignInOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : PasskeySignInOutcome;

    /// <summary>The passkey is right, but an administrator disabled the account. No session started.</summary>
    public sealed record AccountDisabled : PasskeySignInOutcome;

    /// <summary>
    /// The passkey is right, but an administrator requires a new password, which a sign-in with the password chooses. No session started.
    /// </summary>
    public sealed record NewPasswordRequired : PasskeySignInOutcome;

    /// <summary>The passkey is right, but the account is to be deleted. No session started.</summary>
    /// <param name="DueAt">When it is deleted.</param>
    /// <param name="ByOwner">Whether its owner did that: they keep the account by signing in with their password.</param>
    public sealed record DeletionPending(DateTimeOffset DueAt, bool ByOwner) : PasskeySignInOutcome;
}

/// <summary>The outcome of a proof with a passkey in the caller's session.</summary>
public abstract record PasskeyProofOutcome
{
    private PasskeyProofOutcome()
    {
    }

    /// <summary>The passkey is right.</summary>
    /// <param name="Session">The same session with a new key. Only that key carries the fresh proof.</param>
    public sealed record Proved(StartedSession Session) : PasskeyProofOutcome;

    /// <summary>The answer doesn't count, or the session has ended.</summary>
    public sealed record Refused : PasskeyProofOutcome;

    /// <summary>Too many attempts. Nothing was checked.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : PasskeyProofOutcome;
}

/// <summary>The outcome of adding a passkey.</summary>
public abstract record AddPasskeyOutcome
{
    private AddPasskeyOutcome()
    {
    }

    /// <summary>The account has the passkey.</summary>
    /// <param name="Passkey">The passkey, with the name of the caller's device.</param>
    public sealed record Added(Passkey Passkey) : AddPasskeyOutcome;

    /// <summary>This account or another one has the passkey already.</summary>
    public sealed record AlreadyAdded : AddPasskeyOutcome;

    /// <summary>The account has the maximum number of passkeys.</summary>
    public sealed record TooMany : AddPasskeyOutcome;

    /// <summary>The answer doesn't count. The log says why.</summary>
    public sealed record Refused : AddPasskeyOutcome;

    /// <summary>The caller must prove who they are first.</summary>
    public sealed record ProofNeeded : AddPasskeyOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : AddPasskeyOutcome;
}

/// <summary>The outcome of renaming a passkey.</summary>
public abstract record RenamePasskeyOutcome
{
    private RenamePasskeyOutcome()
    {
    }

    /// <summary>The passkey has the name.</summary>
    /// <param name="Name">The name, in normal form.</param>
    public sealed record Renamed(string Name) : RenamePasskeyOutcome;

    /// <summary>The name is invalid. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RenamePasskeyOutcome;

    /// <summary>The caller's account has no such passkey, or the caller's session has ended. Nothing changed.</summary>
    public sealed record NotFound : RenamePasskeyOutcome;
}

/// <summary>The outcome of removing a passkey.</summary>
public enum RemovePasskeyOutcome
{
    /// <summary>The passkey can't sign in any more.</summary>
    Removed,

    /// <summary>The caller's account has no such passkey. Nothing changed.</summary>
    NotFound,

    /// <summary>It's the last way to sign in to the account. Nothing changed.</summary>
    LastWayIn,

    /// <summary>The caller must prove who they are first. Nothing changed.</summary>
    ProofNeeded,

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    CallerEnded,
}
