using Accounts.Core.TwoFactor;

namespace Accounts.Web.SignIn;

/// <summary>What to say about a code that doesn't count.</summary>
internal static class ProofProblem
{
    public static string Of(CodeCheck check) => check switch
    {
        CodeCheck.Used => Texts.Step_UsedCode,
        CodeCheck.Locked => Texts.Step_Locked,
        _ => Texts.Step_WrongCode,
    };
}
