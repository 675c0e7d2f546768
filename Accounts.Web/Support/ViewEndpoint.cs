using Accounts.AspNetCore.Cookies;
using Accounts.Core.Support;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Antiforgery;

namespace Accounts.Web.Support;

/// <summary>Ends a view of support from the browser that has it, and gives the browser its own session back.</summary>
internal static class ViewEndpoint
{
    public static void MapViewEnd(this WebApplication app) => app.MapPost(ViewPaths.End, EndAsync).DisableAntiforgery();

    private static async Task<IResult> EndAsync(HttpContext context, IAntiforgery antiforgery, SupportViews views)
    {
        context.Response.Headers.CacheControl = "no-store";
        // This reads the body, which may take long. So the caller comes after it.
        var valid = await antiforgery.IsRequestValidAsync(context);
        // The signed-out page knows what to do for a view that has ended, and for any other session.
        if (await context.FindCallerAsync() is not { IsReadOnly: true, OwnSession: var view }
            || await context.FindStaffCallerAsync() is not { } staff)
            return Results.Redirect(Paths.SignedOut);
        if (!valid)
            return Results.BadRequest();

        await views.EndAsync(staff, view);
        await context.LeaveViewAsync();
        return Results.Redirect(ViewPaths.Ended(view));
    }
}
