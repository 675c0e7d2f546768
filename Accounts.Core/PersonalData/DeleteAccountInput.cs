using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.PersonalData;

/// <summary>The form for deleting one's own account.</summary>
public sealed class DeleteAccountInput
{
    /// <summary>The account's email, in any spelling. It confirms that the owner means this account.</summary>
    public string Email { get; set; } = "";
}

internal sealed class DeleteAccountInputValidator : AbstractValidator<DeleteAccountInput>
{
    public DeleteAccountInputValidator() => RuleFor(i => i.Email).MustBeGivenEmail();
}

/// <summary>The outcome of deleting one's own account.</summary>
public abstract record DeleteAccountOutcome
{
    private DeleteAccountOutcome()
    {
    }

    /// <summary>Every session has ended, the caller's own included, and the account is deleted at its time.</summary>
    /// <param name="DueAt">When. Until then the owner can sign in and keep the account.</param>
    /// <param name="Sessions">How many sessions ended. Views of support end too, and aren't counted.</param>
    public sealed record Requested(DateTimeOffset DueAt, int Sessions) : DeleteAccountOutcome;

    /// <summary>It's the only administrator's account. Nothing changed: make somebody else an administrator first.</summary>
    public sealed record LastAdministrator : DeleteAccountOutcome;

    /// <summary>An application keeps the user. Nothing changed: the application deletes them.</summary>
    public sealed record KeptElsewhere : DeleteAccountOutcome;

    /// <summary>The owner must prove who they are first. Nothing changed.</summary>
    public sealed record ProofNeeded : DeleteAccountOutcome;

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : DeleteAccountOutcome;

    /// <summary>The input breaks a rule, or the email isn't the account's. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : DeleteAccountOutcome;
}
