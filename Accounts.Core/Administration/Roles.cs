namespace Accounts.Core.Administration;

/// <summary>The roles of staff. A plain user has no role.</summary>
public static class Roles
{
    /// <summary>May open the staff pages.</summary>
    public const string Support = "Support";

    /// <summary>May open the staff pages and administer.</summary>
    public const string Administrator = "Administrator";

    /// <summary>All roles.</summary>
    public static IReadOnlyList<string> All { get; } = [Support, Administrator];
}
