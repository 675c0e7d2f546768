using Accounts.Core.Support;
using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Administration;

/// <summary>The form for ending everybody's sessions.</summary>
public sealed class EndEverybodyInput
{
    /// <summary>What the administrator types to confirm it.</summary>
    public const string Word = "everybody";

    /// <summary>Why. Every account's owner reads it. It has the same rules as <see cref="ReasonInput.Reason"/>.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Must be <see cref="Word"/>, in any case.</summary>
    public string Confirmation { get; set; } = "";
}

internal sealed class EndEverybodyInputValidator : AbstractValidator<EndEverybodyInput>
{
    public EndEverybodyInputValidator()
    {
        RuleFor(i => i.Reason).MustBeReason();
        RuleFor(i => i.Confirmation)
            .Must(word => string.Equals(TypedText.Clean(word), EndEverybodyInput.Word, StringComparison.OrdinalIgnoreCase))
            .Says(InputProblem.NotTheWord);
    }
}

/// <summary>The outcome of ending everybody's sessions.</summary>
public abstract record EndEverybodyOutcome
{
    private EndEverybodyOutcome()
    {
    }

    /// <summary>
    /// It has begun, and nothing can stop it. No sign-in from before survives. The sessions end one batch after the other.
    /// </summary>
    /// <param name="Total">How many sessions it ends.</param>
    public sealed record Began(int Total) : EndEverybodyOutcome;

    /// <summary>The administrator must prove who they are first. Nothing changed.</summary>
    public sealed record ProofNeeded : EndEverybodyOutcome;

    /// <summary>The administrator's own session had ended. Nothing changed.</summary>
    public sealed record CallerEnded : EndEverybodyOutcome;

    /// <summary>The input breaks a rule. Nothing changed.</summary>
    /// <param name="Errors">What is wrong, field by field; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : EndEverybodyOutcome;
}

/// <summary>How far an ending of everybody's sessions is.</summary>
/// <param name="At">When it began.</param>
/// <param name="By">The name of the administrator; null if their account was deleted.</param>
/// <param name="Reason">Why, in the administrator's words.</param>
/// <param name="Total">How many sessions it was to end.</param>
/// <param name="Ended">How many have ended. More than <paramref name="Total"/> if a session started at the same moment.</param>
/// <param name="FinishedAt">When it was done; null while it goes on.</param>
public sealed record MassEnding(DateTimeOffset At, string? By, string Reason, int Total, int Ended, DateTimeOffset? FinishedAt);
