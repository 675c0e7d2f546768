using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>Runs one database operation at a time: a read on its own context, or a write as one transaction.</summary>
internal sealed class AccountsDatabase(IDbContextFactory<AccountsDbContext> contexts, WriteLock writeLock)
{
    /// <summary>Runs a query on its own context.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public Task<T> ReadAsync<T>(Func<AccountsDbContext, Task<T>> query) => GuardedAsync(async () =>
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await query(db);
    });

    /// <summary>Runs a command as one immediate transaction, under the write lock. Tracked changes are saved before the commit.</summary>
    /// <remarks>You can't cancel it: after a canceled write nobody would know whether it happened.</remarks>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public Task<T> WriteAsync<T>(WritePriority priority, Func<AccountsDbContext, Task<T>> command) => GuardedAsync(async () =>
    {
        using var turn = await writeLock.EnterAsync(priority);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await command(db);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return result;
    });

    private static async Task<T> GuardedAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception failure) when (failure is DbException or DbUpdateException or TimeoutException)
        {
            throw new DatabaseUnavailableException(failure);
        }
    }
}
