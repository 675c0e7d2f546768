using Accounts.Core.Users;

namespace Accounts.Core.Administration;

/// <summary>What sorts the list of users.</summary>
public enum UserSort
{
    /// <summary>The name, without case and accents.</summary>
    Name,

    /// <summary>The email. Accounts without one come last.</summary>
    Email,

    /// <summary>When the account was made.</summary>
    Created,
}

/// <summary>Which role the listed users have.</summary>
public enum UserRoleFilter
{
    /// <summary>None of <see cref="Roles.All"/>.</summary>
    None,

    /// <summary>The role <see cref="Roles.Support"/>.</summary>
    Support,

    /// <summary>The role <see cref="Roles.Administrator"/>.</summary>
    Administrator,
}

/// <summary>Which state the listed accounts are in.</summary>
public enum UserStatus
{
    /// <summary>Neither disabled nor to be deleted.</summary>
    Open,

    /// <summary>Disabled by an administrator.</summary>
    Disabled,

    /// <summary>To be deleted, whoever asked for it.</summary>
    ToBeDeleted,
}

/// <summary>A search, filters, an order and a place in the list of users.</summary>
public sealed record UserQuery
{
    /// <summary>Maximum length of a search text, in characters: that of an email. The rest is ignored.</summary>
    public const int TextLimit = 254;

    /// <summary>
    /// The beginning of a name, of its last word or of an email; or an account's whole id. Empty: every user. A search has its own order: names
    /// first, then last words, then emails.
    /// </summary>
    public string Search { get; init => field = TypedText.Cut(TypedText.Clean(value), TextLimit); } = "";

    /// <summary>Only users with this role. Null: any role.</summary>
    public UserRoleFilter? Role { get; init; }

    /// <summary>Only users for whom this plan is in force, written as in the settings. Empty: any plan. An unknown plan has no users.</summary>
    public string Plan { get; init; } = "";

    /// <summary>Only accounts in this state. Null: any state.</summary>
    public UserStatus? Status { get; init; }

    /// <summary>What sorts the users, unless <see cref="Search"/> does.</summary>
    public UserSort Sort { get; init; } = UserSort.Name;

    /// <summary>Whether the order is reversed: the newest first.</summary>
    public bool Descending { get; init; }

    /// <summary>Where the page begins or ends. Null: the first page.</summary>
    public UserCursor? At { get; init; }

    /// <summary>Whether the query excludes any users.</summary>
    public bool IsFiltered => Search.Length > 0 || Role is not null || Plan.Length > 0 || Status is not null;
}
