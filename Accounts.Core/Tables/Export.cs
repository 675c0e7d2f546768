using System.Runtime.CompilerServices;
using Accounts.Core.Callers;
using Accounts.Core.Live;

namespace Accounts.Core.Tables;

/// <summary>Reads a long table in parts, so that memory doesn't grow with the number of rows. Each part starts after the one before it.</summary>
internal static class Export
{
    /// <summary>Maximum number of rows in one part.</summary>
    public const int Part = 500;

    /// <param name="authenticator">Tells before each part whether the caller is still signed in.</param>
    /// <param name="caller">The reader.</param>
    /// <param name="read">Reads at most <see cref="Part"/> rows after the given one, and converts them to results.</param>
    /// <param name="cancellationToken">Canceled when the reader disconnects.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> ReadAsync<TRow, T>(
        SessionAuthenticator authenticator, Caller caller, Func<TRow?, CancellationToken, Task<(List<TRow> Rows, IReadOnlyList<T> Found)>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRow : class
    {
        List<TRow> rows = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (caller.SessionId is { } own && await authenticator.FindLiveAsync(own, cancellationToken) is null)
                yield break;
            (rows, var found) = await read(rows.LastOrDefault(), cancellationToken);
            yield return found;
        }
        while (rows.Count == Part);
    }
}
