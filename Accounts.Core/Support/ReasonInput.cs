using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Support;

/// <summary>The form for an act on somebody else's account.</summary>
public sealed class ReasonInput
{
    /// <summary>Minimum length of a reason, in characters.</summary>
    public const int Minimum = 5;

    /// <summary>Maximum length of a reason, in characters as a reader counts them.</summary>
    public const int Limit = 200;

    internal const int Units = Limit * TypedText.UnitsPerCharacter;

    private static readonly ReasonInputValidator Rules = new();

    /// <summary>Why. The account's owner reads it.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Checks the reason in its normal form.</summary>
    /// <param name="reason">The normal form.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    internal IReadOnlyList<InputError>? Check(out string reason)
    {
        reason = TypedText.Name(Reason);
        return Rules.Check(new ReasonInput { Reason = reason });
    }
}

internal sealed class ReasonInputValidator : AbstractValidator<ReasonInput>
{
    public ReasonInputValidator() => RuleFor(i => i.Reason).MustBeReason();
}

/// <summary>The rules for a reason that a member of staff gives.</summary>
internal static class ReasonRules
{
    public static IRuleBuilderOptions<T, string> MustBeReason<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .Must(reason => reason.Length >= ReasonInput.Minimum).Says(InputProblem.TooShort, ReasonInput.Minimum)
        .MustFit(ReasonInput.Limit)
        .MustBeOneLine();
}
