using System.Globalization;
using System.Text;
using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Exports;
using Accounts.Core.AuditReading;
using Accounts.Core.Users;
using Accounts.Web.Tables;

namespace Accounts.Web.Audit;

/// <summary>The exports of the audit log.</summary>
internal static class AuditEndpoints
{
    public const string CsvPath = "/settings/audit/export.csv";
    public const string JsonLinesPath = "/settings/audit/export.jsonl";

    public static void MapAuditExports(this WebApplication app)
    {
        Map(CsvPath, Csv.ContentType, () => AuditFile.CsvHead, AuditFile.WriteCsv);
        Map(JsonLinesPath, "application/jsonl; charset=utf-8", () => "", AuditFile.WriteJsonLine);

        void Map(string path, string type, Func<string> head, Action<StringBuilder, AuditEvent> write) => app.MapExport(
            path, (HttpContext context, AuditLog log, FeatureGate features, TimeProvider time) =>
                ExportAsync(context, log, features, time, type, head, write));
    }

    /// <summary>Exports all of the caller's events, filtered like the page with the link.</summary>
    private static async Task<IResult> ExportAsync(
        HttpContext context, AuditLog log, FeatureGate features, TimeProvider time, string type,
        Func<string> head, Action<StringBuilder, AuditEvent> write)
    {
        // The session may have ended since the cookie was checked.
        if (await context.FindCallerAsync() is not { } caller)
            return Results.Unauthorized();

        var (query, problems) = AuditAddress.Read(context.Request.Query);
        if (problems.Count > 0)
            return Results.ValidationProblem(problems, title: Texts.Query_NotValid);

        var name = string.Create(CultureInfo.InvariantCulture, $"audit-log-{time.GetUtcNow():yyyy-MM-dd}{Path.GetExtension(context.Request.Path)}");
        return await log.ExportAsync(caller, query, context.RequestAborted) is { } events
            ? ExportedFile.Of(context, caller, events, type, name, head(), write)
            : Results.Problem(
                await features.FindMissingAsync(caller, Feature.AuditLog, context.RequestAborted) is { } missing ? PlanText.Why(missing) : null,
                statusCode: StatusCodes.Status403Forbidden);
    }
}
