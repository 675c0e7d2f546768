using System.Security.Claims;
using Accounts.AspNetCore.Cookies;
using Accounts.Core.Administration;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Accounts.Web.Support;

/// <summary>
/// Restricts the staff pages to support and administrators, and the pages of administration to administrators. For everyone else these pages don't
/// exist.
/// </summary>
internal static class Staff
{
    public const string Policy = "Staff";

    public const string Administrators = "Administrators";

    /// <summary>Whether a user is a member of staff.</summary>
    public static bool Includes(ClaimsPrincipal user) => user.IsInRole(Roles.Support) || user.IsInRole(Roles.Administrator);

    public static void AddStaff(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(Policy, policy => policy.RequireRole(Roles.Support, Roles.Administrator))
            .AddPolicy(Administrators, policy => policy.RequireRole(Roles.Administrator));
        services.Configure<CookieAuthenticationOptions>(AccountsSession.Scheme, o => o.Events.OnRedirectToAccessDenied = DenyExistence);
    }

    // A page that the user may not see answers 404, so it doesn't reveal that it exists. A member of staff in a view of support knows it, and gets to
    // the account that they view: their other tabs reload when the view begins. If a view ended with the role, they get to their own account.
    private static Task DenyExistence(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (HttpMethods.IsGet(context.Request.Method)
            && (context.HttpContext.User.IsSupportView() || context.Request.Query.ContainsKey(ViewPaths.EndedParameter)))
        {
            context.Response.Redirect(context.Request.PathBase + ViewPaths.Start);
            return Task.CompletedTask;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
