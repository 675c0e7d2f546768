namespace Accounts.Web.Forms;

/// <summary>Reads a form from an untrusted client. An invalid form becomes a status code, not a server error.</summary>
internal static class FormReading
{
    /// <returns>The form, or the status code that says why there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public static async Task<(IFormCollection? Form, int Problem)> ReadFormOrProblemAsync(this HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return (null, StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return (await context.Request.ReadFormAsync(context.RequestAborted), 0);
        }
        catch (BadHttpRequestException bad)
        {
            return (null, bad.StatusCode);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            return (null, StatusCodes.Status400BadRequest);
        }
    }
}
