using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;

namespace Accounts.Web.Look;

/// <summary>The hints and problems of form inputs, in words.</summary>
internal static class InputProblemText
{
    /// <summary>The hint below a new password's field while it has no problem.</summary>
    public static string NewPasswordHint => Plural.Of(nameof(Texts.Form_PasswordHint_other), InputRules.PasswordMinimum);

    /// <summary>The input's problem and what to do about it.</summary>
    public static string Of(InputError error) => error.Problem switch
    {
        InputProblem.Missing => error.Field switch
        {
            nameof(RegisterInput.Name) => Texts.Input_EnterName,
            nameof(RegisterInput.Email) or nameof(ChangeEmailInput.NewEmail) => Texts.Input_EnterEmail,
            nameof(ChangePasswordInput.CurrentPassword) => Texts.Input_EnterCurrentPassword,
            nameof(ChangePasswordInput.NewPassword) => Texts.Input_EnterNewPassword,
            nameof(ReasonInput.Reason) => Texts.Input_EnterReason,
            nameof(SecondStepInput.Code) => Texts.Input_EnterCode,
            _ => Texts.Input_EnterPassword,
        },
        InputProblem.TooShort => Plural.Of(nameof(Texts.Input_TooShort_other), error.Limit ?? 0),
        InputProblem.TooLong => Plural.Of(nameof(Texts.Input_TooLong_other), error.Limit ?? 0),
        InputProblem.NotAnEmail => Texts.Input_NotAnEmail,
        InputProblem.Spaces => Texts.Input_Spaces,
        InputProblem.LineBreaks => Texts.Input_LineBreaks,
        InputProblem.CommonPassword => Texts.Input_CommonPassword,
        InputProblem.SequencePassword => Texts.Input_SequencePassword,
        InputProblem.PersonalPassword => Texts.Input_PersonalPassword,
        InputProblem.SamePassword => Texts.Input_SamePassword,
        InputProblem.NotListed => Texts.Input_NotListed,
        InputProblem.NotTheWord => Texts.FormatInput_NotTheWord(EndEverybodyInput.Word),
        InputProblem.OtherEmail => Texts.Input_OtherEmail,
        InputProblem.SameEmail => Texts.Input_SameEmail,
        InputProblem.NotACode => Texts.Input_NotACode,
        InputProblem.WrongCode => Texts.Input_WrongCode,
        _ => error.Problem.ToString(),
    };
}
