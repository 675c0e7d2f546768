using Accounts.Core.Administration;

namespace Accounts.Web.Support;

/// <summary>Who may see the pages of staff: support and administrators. For anybody else there are no such pages.</summary>
internal static class Staff
{
    public const string Policy = "Staff";

    public static void AddStaff(this IServiceCollection services) =>
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireRole(Roles.Support, Roles.Administrator));
}
