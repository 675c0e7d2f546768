using System.Globalization;
using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Exports;
using Accounts.Core.History;
using Accounts.Web.Tables;

namespace Accounts.Web.History;

/// <summary>Exports the history.</summary>
internal static class HistoryEndpoint
{
    public const string FilePath = "/settings/sessions/history.csv";

    public static void MapHistoryFile(this WebApplication app) => app.MapExport(FilePath, HistoryFileAsync);

    /// <summary>Exports all of the caller's history, filtered like the page with the link, in sign-in order.</summary>
    private static async Task<IResult> HistoryFileAsync(HttpContext context, HistoryReader history, TimeProvider time)
    {
        // The session may have ended since the cookie was checked.
        if (await context.FindCallerAsync() is not { } caller)
            return Results.Unauthorized();

        var (query, problems) = HistoryAddress.Read(context.Request.Query);
        if (problems.Count > 0)
            return Results.ValidationProblem(problems, title: Texts.Query_NotValid);

        var name = string.Create(CultureInfo.InvariantCulture, $"sessions-{time.GetUtcNow():yyyy-MM-dd}.csv");
        return ExportedFile.Of(context, caller, history.ExportAsync(caller, query), Csv.ContentType, name, HistoryFile.Head, HistoryFile.Write);
    }
}
