using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Support;

/// <summary>The rules for a reason that a member of staff gives.</summary>
internal static class ReasonRules
{
    public static IRuleBuilderOptions<T, string> MustBeReason<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .Must(reason => reason.Length >= BeginViewInput.ReasonMinimum).Says(InputProblem.TooShort, BeginViewInput.ReasonMinimum)
        .MustFit(BeginViewInput.ReasonLimit)
        .MustBeOneLine();
}
