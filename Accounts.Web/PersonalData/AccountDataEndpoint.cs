using System.Globalization;
using System.Text;
using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Exports;
using Accounts.Core.PersonalData;
using Accounts.Web.Tables;

namespace Accounts.Web.PersonalData;

/// <summary>Lets people download what is stored about them.</summary>
internal static class AccountDataEndpoint
{
    public const string FilePath = "/settings/account/data";

    public static void MapAccountData(this WebApplication app) => app.MapExport(FilePath, FileAsync);

    private static async Task<IResult> FileAsync(HttpContext context, AccountData data, TimeProvider time)
    {
        // The session may have ended since the cookie was checked.
        if (await context.FindCallerAsync() is not { } caller)
            return Results.Unauthorized();

        var name = string.Create(CultureInfo.InvariantCulture, $"account-data-{time.GetUtcNow():yyyy-MM-dd}.json");
        return ExportedFile.Of(
            context, caller, data.ExportAsync(caller, context.RequestAborted), "application/json", name, "",
            (StringBuilder text, string piece) => text.Append(piece));
    }
}
