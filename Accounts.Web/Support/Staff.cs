using Accounts.Core.Administration;

namespace Accounts.Web.Support;

/// <summary>Restricts the staff pages to support and administrators. For everyone else these pages don't exist.</summary>
internal static class Staff
{
    public const string Policy = "Staff";

    public static void AddStaff(this IServiceCollection services) =>
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireRole(Roles.Support, Roles.Administrator));
}
