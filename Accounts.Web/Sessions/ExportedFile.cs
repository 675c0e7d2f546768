using System.Text;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>A file that is sent while it is read, part by part: it may be as long as it likes and takes no more memory for that.</summary>
/// <remarks>
/// Nothing is sent before the first part is there, so a database that does not answer then is said to be that. What goes wrong later breaks the connection,
/// and so does the end of the reader's session: nobody takes half a file for a whole one.
/// </remarks>
internal static class ExportedFile
{
    /// <param name="context">The request.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="parts">What the file is made of.</param>
    /// <param name="type">Its content type.</param>
    /// <param name="name">What it is called where it is saved.</param>
    /// <param name="head">What it begins with.</param>
    /// <param name="write">Adds the text of one row.</param>
    public static IResult Of<T>(HttpContext context, Caller caller, IAsyncEnumerable<IReadOnlyList<T>> parts, string type, string name, string head, Action<StringBuilder, T> write) =>
        Results.Stream(
            async body =>
            {
                var text = new StringBuilder(head);
                await foreach (var part in parts.WithCancellation(context.RequestAborted))
                {
                    foreach (var one in part)
                        write(text, one);
                    await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted);
                    text.Clear();
                }

                if (await context.RequestServices.GetRequiredService<SessionRegistry>().FindLiveAsync(caller.SessionId) is null)
                    context.Abort();
            },
            type,
            name);
}
