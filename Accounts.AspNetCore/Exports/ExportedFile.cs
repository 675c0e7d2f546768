using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.Live;

namespace Accounts.AspNetCore.Exports;

/// <summary>Streams a file part by part while reading it. Its length doesn't affect memory use.</summary>
/// <remarks>
/// The response starts with the first part, so an unavailable database still gets an error page. A later failure aborts the connection, and so does
/// the end of the reader's session or key: each part asks again, and so does the file's end. You never mistake half a file for a complete one.
/// </remarks>
public static class ExportedFile
{
    /// <param name="context">The request.</param>
    /// <param name="caller">The reader.</param>
    /// <param name="parts">The file's rows, in parts.</param>
    /// <param name="type">The content type.</param>
    /// <param name="name">The suggested file name.</param>
    /// <param name="head">The file's beginning.</param>
    /// <param name="write">Appends one row's text.</param>
    public static IResult Of<T>(HttpContext context, Caller caller, IAsyncEnumerable<IReadOnlyList<T>> parts, string type, string name, string head,
        Action<StringBuilder, T> write) =>
        Results.Stream(
            async body =>
            {
                var authenticator = context.RequestServices.GetRequiredService<SessionAuthenticator>();
                var text = new StringBuilder(head);
                await foreach (var part in parts.WithCancellation(context.RequestAborted))
                {
                    foreach (var one in part)
                        write(text, one);
                    if (!await authenticator.MayGoOnAsync(caller, context.RequestAborted))
                    {
                        context.Abort();
                        return;
                    }

                    await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
                    text.Clear();
                }

                // The parts stop early if the session ends between two of them. They look complete then.
                if (!await authenticator.MayGoOnAsync(caller, context.RequestAborted))
                    context.Abort();
            },
            type,
            name);
}
