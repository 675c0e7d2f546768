using Accounts.Core.Users;

namespace Accounts.Core.Administration;

/// <summary>The outcome of an administrator's act on somebody else's account.</summary>
public abstract record AdministrationOutcome
{
    private AdministrationOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Sessions">How many sessions ended. Views of support end too, and aren't counted.</param>
    public sealed record Done(int Sessions) : AdministrationOutcome;

    /// <summary>The account is so already, or the session has ended already. Nothing changed.</summary>
    public sealed record NothingToDo : AdministrationOutcome;

    /// <summary>There is no such account, or it has no such session. Nothing changed.</summary>
    public sealed record NotFound : AdministrationOutcome;

    /// <summary>It's the administrator's own account. Nothing changed.</summary>
    public sealed record OwnAccount : AdministrationOutcome;

    /// <summary>The account has no password, because an application keeps its user. Nothing changed.</summary>
    public sealed record NoPassword : AdministrationOutcome;

    /// <summary>The administrator must prove who they are first. Nothing changed.</summary>
    public sealed record ProofNeeded : AdministrationOutcome;

    /// <summary>The administrator's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : AdministrationOutcome;

    /// <summary>The input breaks a rule. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : AdministrationOutcome;
}
