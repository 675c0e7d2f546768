namespace Accounts.Web.Look;

/// <summary>Marks the controls that only an account's owner may use, for a member of staff who views the account.</summary>
/// <remarks>
/// Such a control keeps its place and the focus, and says why it does nothing: on hover and on focus (look.css), and to screen readers. The core
/// refuses the act in any case.
/// </remarks>
internal static class OwnerOnly
{
    /// <summary>The id of the sentence that says why. The banner of a view has it.</summary>
    public const string WhyId = "owner-only";

    /// <summary>The control's attributes; null if the owner uses the page.</summary>
    /// <param name="viewing">Whether a member of staff views the account.</param>
    public static IReadOnlyDictionary<string, object>? When(bool viewing) => viewing ? Marks : null;

    private static Dictionary<string, object> Marks => new(StringComparer.Ordinal)
    {
        ["aria-disabled"] = "true",
        ["aria-describedby"] = WhyId,
        ["data-why"] = Texts.View_OnlyOwner,
    };
}
