using System.Runtime.CompilerServices;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>Reads a long table part by part, each from where the one before it ended, so that it takes no more memory for more rows.</summary>
internal static class Export
{
    /// <summary>Rows of one part.</summary>
    public const int Part = 500;

    /// <param name="registry">Who knows whether the caller is still signed in: it is asked before each part.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="read">Reads the rows that follow the given one, at most <see cref="Part"/>, and makes of them what is given out.</param>
    /// <param name="cancellation">The reader has gone.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> ReadAsync<TRow, T>(
        SessionRegistry registry, Caller caller, Func<TRow?, Task<(List<TRow> Rows, IReadOnlyList<T> Found)>> read, [EnumeratorCancellation] CancellationToken cancellation = default)
        where TRow : class
    {
        List<TRow> rows = [];
        do
        {
            cancellation.ThrowIfCancellationRequested();
            if (await registry.FindLiveAsync(caller.SessionId) is null)
                yield break;
            (rows, var found) = await read(rows.LastOrDefault());
            yield return found;
        }
        while (rows.Count == Part);
    }
}
