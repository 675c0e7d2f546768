using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Accounts.Pictures;

/// <summary>Makes the database fail while it is on.</summary>
internal sealed class Outage : DbCommandInterceptor, IDbTransactionInterceptor
{
    private volatile bool _on;

    public bool On
    {
        get => _on;
        set => _on = value;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default) => new(Pass(result));

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result,
        CancellationToken cancellationToken = default) => new(Pass(result));

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default) => new(Pass(result));

    private T Pass<T>(T result) => _on ? throw new SqliteException("The database is off for this picture.", SQLitePCL.raw.SQLITE_IOERR) : result;
}
