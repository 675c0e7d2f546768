namespace Accounts.Web.Tables;

/// <summary>Maps files that a page offers to save.</summary>
internal static class ExportEndpoint
{
    /// <summary>Maps a file of the caller's. Without a session it's refused: a browser would save the sign-in page in the file's place.</summary>
    public static void MapExport(this WebApplication app, string path, Delegate write) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], write).RequireAuthorization().DisableCookieRedirect();
}
