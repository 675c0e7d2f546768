using Accounts.Core.Administration;
using Accounts.Web.Tables;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.Administration;

/// <summary>Converts between a query for users and the query string of the page's address.</summary>
internal static class UsersAddress
{
    public const string FindKey = "find";
    public const string RoleKey = "role";
    public const string PlanKey = "plan";
    public const string StatusKey = "status";
    public const string SortKey = "sort";
    public const string OrderKey = "order";
    public const string AtKey = "at";

    public const string Reversed = "desc";

    private const string Path = "admin";

    private static readonly Dictionary<string, UserRoleFilter> Roles = new(StringComparer.Ordinal)
    {
        ["none"] = UserRoleFilter.None, ["support"] = UserRoleFilter.Support, ["administrator"] = UserRoleFilter.Administrator,
    };

    private static readonly Dictionary<string, UserStatus> States = new(StringComparer.Ordinal)
    {
        ["open"] = UserStatus.Open, ["disabled"] = UserStatus.Disabled, ["to-be-deleted"] = UserStatus.ToBeDeleted,
    };

    private static readonly Dictionary<string, UserSort> Sorts = new(StringComparer.Ordinal)
    {
        ["name"] = UserSort.Name, ["email"] = UserSort.Email, ["created"] = UserSort.Created,
    };

    /// <summary>The page's address for a query, relative to the base address.</summary>
    public static string Of(UserQuery query)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (query.Search.Length > 0)
            values[FindKey] = query.Search;
        if (query.Role is { } role)
            values[RoleKey] = Word(role);
        if (query.Plan.Length > 0)
            values[PlanKey] = query.Plan;
        if (query.Status is { } status)
            values[StatusKey] = Word(status);
        if (query.Sort is not UserSort.Name)
            values[SortKey] = Word(query.Sort);
        if (query.Descending)
            values[OrderKey] = Reversed;
        if (query.At is { } at)
            values[AtKey] = at.ToString();
        return QueryHelpers.AddQueryString(Path, values);
    }

    /// <summary>Reads an address. Invalid values fall back to the default.</summary>
    /// <returns>The query, and whether its place in the list can't be read.</returns>
    public static (UserQuery Query, bool IsLost) Read(IQueryCollection values)
    {
        var at = UserCursor.Parse(QueryReader.One(values, AtKey));
        var query = new UserQuery
        {
            Search = QueryReader.One(values, FindKey),
            Role = Roles.TryGetValue(QueryReader.One(values, RoleKey), out var role) ? role : null,
            Plan = QueryReader.One(values, PlanKey),
            Status = States.TryGetValue(QueryReader.One(values, StatusKey), out var status) ? status : null,
            Sort = Sorts.GetValueOrDefault(QueryReader.One(values, SortKey)),
            Descending = QueryReader.One(values, OrderKey) is Reversed,
            At = at,
        };
        return (query, at is null && values.ContainsKey(AtKey));
    }

    public static string Word(UserRoleFilter role) => Roles.Single(word => word.Value == role).Key;

    public static string Word(UserStatus status) => States.Single(word => word.Value == status).Key;

    public static string Word(UserSort sort) => Sorts.Single(word => word.Value == sort).Key;
}
