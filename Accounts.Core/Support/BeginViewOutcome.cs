using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>The outcome of beginning a view.</summary>
public abstract record BeginViewOutcome
{
    private BeginViewOutcome()
    {
    }

    /// <summary>The view began. Its owner sees it.</summary>
    /// <param name="Session">The view, for the browser's cookie.</param>
    public sealed record Began(StartedSession Session) : BeginViewOutcome;

    /// <summary>There is no such account. Nothing changed.</summary>
    public sealed record NotFound : BeginViewOutcome;

    /// <summary>It's the caller's own account, or that of staff with the same or a higher role. Nothing changed.</summary>
    public sealed record NotAllowed : BeginViewOutcome;

    /// <summary>The caller must prove who they are first. Nothing changed.</summary>
    public sealed record ProofNeeded : BeginViewOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : BeginViewOutcome;

    /// <summary>The reason is invalid. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : BeginViewOutcome;
}

/// <summary>The outcome of ending a view.</summary>
public enum EndViewOutcome
{
    /// <summary>The view has ended everywhere.</summary>
    Ended,

    /// <summary>It had already ended. Nothing changed.</summary>
    AlreadyEnded,

    /// <summary>The caller's account has no such view, and the caller has none.</summary>
    NotFound,

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    CallerEnded,
}
