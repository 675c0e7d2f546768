using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Users;

namespace Accounts.Core.Support;

/// <summary>An account as support sees it while its owner calls.</summary>
public sealed record SupportAccount
{
    /// <summary>The account.</summary>
    public required UserId Id { get; init; }

    /// <summary>The owner's name.</summary>
    public required string Name { get; init; }

    /// <summary>The owner's email; null if the application that brought the account gave none.</summary>
    public required string? Email { get; init; }

    /// <summary>Whether the owner has shown that they receive email there.</summary>
    public required bool EmailConfirmed { get; init; }

    /// <summary>When the account was made; null if its id doesn't say so.</summary>
    public required DateTimeOffset? Since { get; init; }

    /// <summary>The plan that is in force; null if there are no plans.</summary>
    public required string? Plan { get; init; }

    /// <summary>The roles of the owner: of <see cref="Administration.Roles.All"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>When an administrator disabled the account; null if they didn't.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>When the account is deleted for good; null if it isn't to be deleted.</summary>
    public DateTimeOffset? DeletionDueAt { get; init; }

    /// <summary>Whether the owner asked for the deletion. Then they can sign in and keep the account.</summary>
    public bool DeletedByOwner { get; init; }

    /// <summary>Whether the next sign-in must choose a new password.</summary>
    public bool NewPasswordRequired { get; init; }

    /// <summary>Whether a sign-in with the password needs a code, too.</summary>
    public bool TwoFactorEnabled { get; init; }

    /// <summary>When two-factor is turned off, as an administrator asked; null if it isn't to be.</summary>
    public DateTimeOffset? TwoFactorResetAt { get; init; }

    /// <summary>What the caller may do with the account.</summary>
    public required SupportActs Acts { get; init; }

    /// <summary>Whether the owner may sign in.</summary>
    public required SignInVerdict Verdict { get; init; }

    /// <summary>The live sessions without views of support, the most recently active first.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>The last sign-ins that were refused, the latest first, at most <see cref="SupportDirectory.Last"/> runs.</summary>
    public required IReadOnlyList<RefusedAttempt> Refused { get; init; }

    /// <summary>The last endings, the latest first, at most <see cref="SupportDirectory.Last"/>.</summary>
    public required IReadOnlyList<SupportEnding> Endings { get; init; }

    /// <summary>The support code by which the account was found; null if it was found otherwise or the code has expired.</summary>
    public required SupportCode? Code { get; init; }

    /// <summary>The session that the support code or the session's id names; null if the account was found otherwise.</summary>
    public required SessionId? Named { get; init; }
}

/// <summary>What a member of staff may do with an account, besides looking at it.</summary>
public enum SupportActs
{
    /// <summary>View it and end its sessions.</summary>
    All,

    /// <summary>Nothing, because it's their own account.</summary>
    OwnAccount,

    /// <summary>Nothing, because its owner has the same or a higher role.</summary>
    SameOrHigherRole,
}

/// <summary>Whether an account's owner may sign in.</summary>
public abstract record SignInVerdict
{
    private SignInVerdict()
    {
    }

    /// <summary>Yes, with a correct password.</summary>
    public sealed record Yes : SignInVerdict;

    /// <summary>No. An administrator disabled the account.</summary>
    /// <param name="Since">When.</param>
    public sealed record Disabled(DateTimeOffset Since) : SignInVerdict;

    /// <summary>No. The account is to be deleted.</summary>
    /// <param name="DueAt">When.</param>
    /// <param name="ByOwner">Whether its owner did that. Then they can sign in and keep it.</param>
    public sealed record ToBeDeleted(DateTimeOffset DueAt, bool ByOwner) : SignInVerdict;

    /// <summary>Too many attempts failed. Browsers that the account knows aren't held up.</summary>
    /// <param name="At">From when on the owner may sign in with a browser that the account doesn't know.</param>
    public sealed record NotUntil(DateTimeOffset At) : SignInVerdict;
}

/// <summary>Who ended a session.</summary>
public enum EndedBy
{
    /// <summary>The account's owner.</summary>
    Owner,

    /// <summary>A member of staff.</summary>
    Staff,

    /// <summary>A timeout.</summary>
    Clock,

    /// <summary>Whoever operates the server.</summary>
    Operator,
}

/// <summary>How one of an account's sessions ended.</summary>
/// <param name="Session">The session. It has ended.</param>
/// <param name="By">Who ended it.</param>
/// <param name="StaffName">The name of the member of staff; null if none ended it, or if their account was deleted.</param>
/// <param name="From">The device of the owner that ended it; null if another one did, or if that session is gone.</param>
/// <param name="Expiry">The timeout that ended it; null if none did.</param>
public sealed record SupportEnding(Session Session, EndedBy By, string? StaffName, Device? From, Expiry? Expiry);

/// <summary>An account in a list of several.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">The owner's name.</param>
/// <param name="Email">The owner's email; null if there is none.</param>
/// <param name="Sessions">How many live sessions it has, without views of support.</param>
public sealed record FoundAccount(UserId Id, string Name, string? Email, int Sessions);

/// <summary>The outcome of a search for an account.</summary>
public abstract record FindAccountOutcome
{
    private FindAccountOutcome()
    {
    }

    /// <summary>One account. The look-up is recorded.</summary>
    /// <param name="Id">The account.</param>
    /// <param name="By">What it was found by.</param>
    public sealed record Found(UserId Id, SupportKey By) : FindAccountOutcome;

    /// <summary>Several accounts. The search is recorded.</summary>
    /// <param name="Accounts">The accounts: at most <see cref="SupportDirectory.Most"/>.</param>
    /// <param name="By">What they were found by.</param>
    /// <param name="More">Whether there are others.</param>
    public sealed record Several(IReadOnlyList<FoundAccount> Accounts, SupportKey By, bool More) : FindAccountOutcome;

    /// <summary>No account. The search is recorded.</summary>
    /// <param name="Tried">What the text was taken for, one after the other.</param>
    public sealed record None(IReadOnlyList<SupportKey> Tried) : FindAccountOutcome;

    /// <summary>The text is empty or too long. Nothing was searched.</summary>
    /// <param name="Error">What is wrong.</param>
    public sealed record Invalid(InputError Error) : FindAccountOutcome;

    /// <summary>The caller's own session had ended. Nothing was searched.</summary>
    public sealed record CallerEnded : FindAccountOutcome;
}

/// <summary>The outcome of opening an account.</summary>
public abstract record OpenAccountOutcome
{
    private OpenAccountOutcome()
    {
    }

    /// <summary>The account. The look-up is recorded.</summary>
    /// <param name="Account">The account.</param>
    public sealed record Opened(SupportAccount Account) : OpenAccountOutcome;

    /// <summary>There is no such account.</summary>
    public sealed record NotFound : OpenAccountOutcome;

    /// <summary>The caller's own session had ended. Nothing was read.</summary>
    public sealed record CallerEnded : OpenAccountOutcome;
}
