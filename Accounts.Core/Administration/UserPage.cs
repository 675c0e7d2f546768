using Accounts.Core.Callers;

namespace Accounts.Core.Administration;

/// <summary>One page of the list of users.</summary>
/// <param name="Users">The users, in the list's order, at most <see cref="UserDirectory.PageSize"/>.</param>
/// <param name="Previous">Where the page before ends; null on the first page.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
/// <param name="Total">How many accounts there are, whatever the query. Up to a minute old.</param>
/// <param name="IsLost">Whether the asked place no longer exists. Then this is the first page.</param>
public sealed record UserPage(IReadOnlyList<ListedUser> Users, UserCursor? Previous, UserCursor? Next, int Total, bool IsLost);

/// <summary>A user in the list.</summary>
public sealed record ListedUser
{
    /// <summary>The account.</summary>
    public required UserId Id { get; init; }

    /// <summary>The user's name.</summary>
    public required string Name { get; init; }

    /// <summary>The user's email; null if the application that brought the account gave none.</summary>
    public required string? Email { get; init; }

    /// <summary>The names of the user's roles, an application's own included.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The plan that is in force; null if there are no plans.</summary>
    public required string? Plan { get; init; }

    /// <summary>How many live sessions the account has, without views of support.</summary>
    public required int Sessions { get; init; }

    /// <summary>The latest activity in the account's sessions, views of support left out; null if it has no session.</summary>
    public required DateTimeOffset? LastActivityAt { get; init; }

    /// <summary>When an administrator disabled the account; null if they didn't.</summary>
    public required DateTimeOffset? DisabledAt { get; init; }

    /// <summary>When the account is deleted for good; null if it isn't to be deleted.</summary>
    public required DateTimeOffset? DeletionDueAt { get; init; }

    /// <summary>When the account was made; null if its id doesn't say so.</summary>
    public required DateTimeOffset? Since { get; init; }
}
