using System.Net;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;

namespace Accounts.Tests.Fixtures;

/// <summary>The application with an owner, a member of support and an administrator, and what staff do to view an account.</summary>
internal static class ViewedSite
{
    public const string Ada = "ada@example.test";
    public const string Sam = "sam@example.test";
    public const string Root = "root@example.test";
    public const string Why = "Ticket 4711, can't see the tablet";

    /// <summary>Registers Ada, a user; Sam, of support; and Root, an administrator.</summary>
    public static async Task RegisterStaffAsync(this AccountsSite site)
    {
        await site.RegisterAsync(Ada);
        await site.RegisterAsync(Sam, "Sam Keller");
        await site.RegisterAsync(Root, "Root Admin");
        Assert.Equal(GrantOutcome.Granted, await site.Get<RoleGrants>().GrantAsync(Sam, Roles.Support));
        Assert.Equal(GrantOutcome.Granted, await site.Get<RoleGrants>().GrantAsync(Root, Roles.Administrator));
    }

    /// <summary>The account with an email.</summary>
    public static UserId FindUser(this AccountsSite site, string email)
    {
        using var rows = site.Rows();
        return new UserId(rows.Guid("SELECT \"Id\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", email)));
    }

    /// <summary>The address of the form that begins a view of an account.</summary>
    public static string ViewForm(this AccountsSite site, string email) => $"/support/users/{site.FindUser(email)}/view";

    /// <summary>Begins to view an account, through the form. The visitor's cookie is the view's then.</summary>
    public static async Task ViewAsync(this AccountsSite site, Visitor staff, string email, string reason = Why)
    {
        using var answer = await staff.SubmitAsync(site.ViewForm(email), ("Reason", reason));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/settings/sessions", new Uri(site.Address, answer.Headers.Location!).AbsolutePath);
        Assert.Equal(SessionKind.SupportView, (await site.FindSessionAsync(staff)).Kind);
    }
}
