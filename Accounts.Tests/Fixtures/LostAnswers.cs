using System.Data.Common;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Accounts.Tests.Fixtures;

/// <summary>Loses the answer to a commit, like a database server that goes away at that moment and stays away.</summary>
/// <remarks>
/// An interceptor of the context, for any engine. The application can't know whether the transaction was committed; the test decides it.
/// </remarks>
internal sealed class LostAnswers : DbTransactionInterceptor
{
    private volatile string? _next;

    /// <summary>Loses the answer to the next commit.</summary>
    /// <param name="saved">Whether the transaction is committed all the same.</param>
    public void LoseNext(bool saved) => _next = saved ? nameof(TransactionCommittedAsync) : nameof(TransactionCommittingAsync);

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Pass(nameof(TransactionCommittingAsync));
        return new(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Pass(nameof(TransactionCommittedAsync));
        return Task.CompletedTask;
    }

    private void Pass(string moment)
    {
        if (!string.Equals(_next, moment, StringComparison.Ordinal))
            return;
        _next = null;
        throw new CommitUnknownException(new TimeoutException());
    }
}
