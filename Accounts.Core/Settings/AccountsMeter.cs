namespace Accounts.Core.Settings;

/// <summary>The meter that all instruments of the core belong to.</summary>
internal static class AccountsMeter
{
    /// <summary>Its name, with which operators choose it. In lower case, it begins the names of its instruments.</summary>
    public const string Name = "Accounts";
}
