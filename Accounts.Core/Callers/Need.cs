using Accounts.Core.Storage;

namespace Accounts.Core.Callers;

/// <summary>What a command needs of its caller. Each command names one, and <see cref="Check"/> decides before anything else happens.</summary>
/// <remarks>
/// Scope, session and kind never change during a call, so they are checked at once. Whether the caller's session is live, the proof is fresh and
/// the caller has a role is decided inside the transaction, from the same need.
/// </remarks>
/// <param name="Scope">The scope that the caller must have; <see cref="Scopes.None"/> for a command that needs none.</param>
internal sealed record Need(Scopes Scope)
{
    public static readonly Need ListSessions = new(Scopes.SessionsRead);

    public static readonly Need ReadHistory = new(Scopes.HistoryRead);

    public static readonly Need ReadAudit = new(Scopes.AuditRead);

    public static readonly Need ReadAccount = new(Scopes.AccountRead);

    /// <summary>Taking the history away as a file.</summary>
    public static readonly Need ExportHistory = ReadHistory with { Exports = true };

    /// <summary>Taking the audit log away as a file.</summary>
    public static readonly Need ExportAudit = ReadAudit with { Exports = true };

    /// <summary>Renaming a session.</summary>
    public static readonly Need NameSessions = new(Scopes.SessionsWrite) { Writes = true };

    /// <summary>Ending chosen sessions.</summary>
    public static readonly Need EndSessions = new(Scopes.SessionsWrite) { Writes = true, FreshProof = true, Priority = WritePriority.Ending };

    /// <summary>Ending every session of the account.</summary>
    public static readonly Need EndAllSessions = EndSessions with { LocksAccount = true };

    /// <summary>Ending every session except the caller's own.</summary>
    public static readonly Need EndOtherSessions = EndAllSessions with { OwnSession = true };

    /// <summary>Answering whether a sign-in was the owner's. The answer counts from where it comes.</summary>
    public static readonly Need AnswerQuestions = new(Scopes.SessionsWrite) { Writes = true, OwnSession = true };

    /// <summary>Saying that it was somebody else, which ends the session.</summary>
    public static readonly Need DenySessions = EndSessions with { OwnSession = true };

    /// <summary>Going on with what began in the caller's own session.</summary>
    public static readonly Need GoOn = new(Scopes.None) { OwnSession = true };

    /// <summary>Ending the caller's own session.</summary>
    public static readonly Need SignOut = new(Scopes.None) { Writes = true, OwnSession = true, Priority = WritePriority.Ending };

    /// <summary>Proving who one is.</summary>
    public static readonly Need ProveIdentity = new(Scopes.AccountWrite) { Writes = true, OwnSession = true, LocksAccount = true };

    /// <summary>Changing the password. The command itself asks for the current one.</summary>
    public static readonly Need ChangePassword = ProveIdentity with { Priority = WritePriority.Ending };

    /// <summary>Changing what else the account signs in with.</summary>
    public static readonly Need ChangeFactors = ChangePassword with { FreshProof = true, BothFactors = true };

    /// <summary>Asking for the second step where it was left out, and keeping it. Whoever does that needs no proof.</summary>
    public static readonly Need StrengthenFactors = ProveIdentity with { FreshProof = false };

    /// <summary>Confirming the account's new email, which was asked for with a proof.</summary>
    public static readonly Need ConfirmEmail = ProveIdentity;

    /// <summary>Deleting the caller's own account.</summary>
    public static readonly Need DeleteAccount = ChangePassword with { FreshProof = true };

    /// <summary>Taking everything away that is stored about the caller.</summary>
    public static readonly Need ExportAccount = new(Scopes.AccountRead | Scopes.HistoryRead | Scopes.AuditRead) { Exports = true, OwnSession = true };

    /// <summary>The support code of the caller's own session.</summary>
    public static readonly Need SupportCode = new(Scopes.AccountRead) { Writes = true, OwnSession = true };

    /// <summary>Viewing somebody else's account as its owner sees it.</summary>
    public static readonly Need ViewAs = new(Scopes.None)
    {
        Writes = true, OwnSession = true, FreshProof = true, LocksAccount = true, Staff = StaffRole.Support,
    };

    /// <summary>Finding somebody else's account. The audit log records it.</summary>
    public static readonly Need LookUp = new(Scopes.None) { Writes = true, OwnSession = true, Staff = StaffRole.Support };

    /// <summary>Ending every session of somebody else's account.</summary>
    public static readonly Need EndAccount = ViewAs with { Priority = WritePriority.Ending };

    /// <summary>Administering somebody else's account.</summary>
    public static readonly Need Administer = EndAccount with { Staff = StaffRole.Administrator };

    /// <summary>Listing the users, and looking at what administration does.</summary>
    public static readonly Need LookAtAdministration = LookUp with { Staff = StaffRole.Administrator };

    /// <summary>Ending a view. Its owner needs no proof, and the member of staff who has it doesn't either.</summary>
    public static readonly Need EndViews = new(Scopes.SessionsWrite) { Writes = true, OwnSession = true, Priority = WritePriority.Ending };

    /// <summary>Whether the command changes anything. A read-only caller is then refused.</summary>
    public bool Writes { get; init; }

    /// <summary>Whether the command takes data away as a file. A read-only caller is then refused, too.</summary>
    public bool Exports { get; init; }

    /// <summary>The role that the caller must have.</summary>
    public StaffRole Staff { get; init; }

    /// <summary>Whether the command is about the session that it comes from.</summary>
    public bool OwnSession { get; init; }

    /// <summary>Whether the caller must have proved who they are a short time ago.</summary>
    public bool FreshProof { get; init; }

    /// <summary>
    /// Whether that proof must be of both factors, if the account has two-factor. Such a command locks the account, which says whether it has.
    /// </summary>
    public bool BothFactors { get; init; }

    /// <summary>Whether the command locks the account, so that no sign-in gets past it.</summary>
    public bool LocksAccount { get; init; }

    /// <summary>The place of the command among waiting writers.</summary>
    public WritePriority Priority { get; init; } = WritePriority.Ordinary;

    /// <summary>Refuses a caller that may never run such a command.</summary>
    /// <exception cref="CallerRefusedException">
    /// The caller is read-only, lacks the scope, has no session of this account, or can't be staff.
    /// </exception>
    public void Check(Caller caller)
    {
        if ((Writes || Exports) && caller.IsReadOnly)
            throw new CallerRefusedException(CallerRefusal.ReadOnly);
        // Only a person acts as staff. The transaction reads whether they have the role.
        if (Staff != StaffRole.None && caller.Kind is not CallerKind.Browser)
            throw new CallerRefusedException(CallerRefusal.RoleMissing);
        if ((caller.Scopes & Scope) != Scope)
            throw new CallerRefusedException(CallerRefusal.ScopeMissing, Scope);
        // An administrator's own session isn't one of the account that the command is about.
        if (OwnSession && (caller.SessionId is null || caller.Kind is CallerKind.Administration))
            throw new CallerRefusedException(CallerRefusal.SessionMissing);
    }
}
