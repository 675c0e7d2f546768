
namespace Accounts.Core.Callers;

/// <summary>Why a caller may never run a command.</summary>
public enum CallerRefusal
{
    /// <summary>The caller may look and change nothing.</summary>
    ReadOnly,

    /// <summary>The caller lacks the command's scope.</summary>
    ScopeMissing,

    /// <summary>The command is about the caller's own session, and the caller has none of this account.</summary>
    SessionMissing,

    /// <summary>The command is for staff, and the caller isn't a member of staff in a browser, or lacks the role.</summary>
    RoleMissing,

    /// <summary>The command is for staff, and the caller's session has proved one factor only.</summary>
    SecondFactorMissing,
}

/// <summary>A caller asked for a command that it may never run. Nothing was read and nothing changed.</summary>
/// <remarks>
/// It isn't an outcome: a page doesn't offer such a command, and an endpoint answers 403. A session that has ended and a proof that is too
/// old are outcomes, because they happen to everybody.
/// </remarks>
public sealed class CallerRefusedException : Exception
{
    internal CallerRefusedException(CallerRefusal refusal, Scopes scope = Scopes.None)
        : base(refusal switch
        {
            CallerRefusal.ReadOnly => "The caller is read-only: it may look at the account, but change nothing.",
            CallerRefusal.ScopeMissing => $"The caller lacks the scope {scope}.",
            CallerRefusal.SecondFactorMissing => "The command is for staff who signed in with two factors. This session has proved one only.",
            CallerRefusal.RoleMissing => "The command is for staff. The caller lacks the role, or isn't signed in with a browser.",
            _ => "The command is about the caller's own session, and this caller has none of this account.",
        })
    {
        Refusal = refusal;
        Scope = scope;
    }

    /// <summary>Why the caller was refused.</summary>
    public CallerRefusal Refusal { get; }

    /// <summary>The scope that is missing; <see cref="Scopes.None"/> if none is.</summary>
    public Scopes Scope { get; }
}
