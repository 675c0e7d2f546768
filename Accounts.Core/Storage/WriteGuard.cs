using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Accounts.Core.Storage;

/// <summary>Refuses what is written past <see cref="AccountsDatabase.WriteAsync"/>, which gives each write its turn and its transaction.</summary>
/// <remarks>
/// Libraries bring stores that write to any context. On a context of their own, their write would run beside the command that called them: with
/// no lock, no turn and no place in its transaction. Give them the context of the command.
/// </remarks>
internal sealed class WriteGuard : DbCommandInterceptor
{
    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
        Check(eventData, result);

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(Check(eventData, result));

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) => Check(eventData, result);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        new(Check(eventData, result));

    private static T Check<T>(CommandEventData command, T result) =>
        Writes(command.CommandSource) && command.Context is AccountsDbContext { MayWrite: false }
            ? throw new InvalidOperationException(
                "This context only reads. Write with AccountsDatabase.WriteAsync, on the context that it gives you.")
            : result;

    private static bool Writes(CommandSource source) =>
        source is CommandSource.SaveChanges or CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;
}
