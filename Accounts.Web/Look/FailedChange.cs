using Accounts.Core.Storage;

namespace Accounts.Web.Look;

/// <summary>What a page says about a change that failed because the database was unavailable.</summary>
internal static class FailedChange
{
    /// <summary>The sentence for the user.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="unchanged">What to say if nothing changed.</param>
    public static string Of(DatabaseUnavailableException failure, string unchanged) =>
        failure.MayHaveChanged ? Texts.Common_MayHaveWorked : unchanged;
}
