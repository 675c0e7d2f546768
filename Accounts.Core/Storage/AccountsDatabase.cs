using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Storage;

/// <summary>Runs database operations: a read on its own context, or a write as one transaction.</summary>
internal sealed partial class AccountsDatabase(
    IDbContextFactory<AccountsDbContext> contexts, DatabaseEngine engine, TimeProvider time, ILogger<AccountsDatabase> logger)
{
    /// <summary>How often a write runs at most, if other transactions get in its way: 5 times.</summary>
    internal const int Attempts = 5;

    private const long NotFull = long.MinValue;

    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(30);

    private readonly WriteQueue _queue = new(engine.Writers);
    private int _failing;
    // A timestamp; NotFull after any other write. Several writers set it at once.
    private long _fullAt = NotFull;

    /// <summary>Whether the last write found no place on the disk, less than 30 seconds ago.</summary>
    public bool WasFull => Volatile.Read(ref _fullAt) is var at && at != NotFull && time.GetElapsedTime(at) < FullFor;

    /// <summary>Whether the last write found no place on the disk, however long ago.</summary>
    public bool FoundNoRoom => Volatile.Read(ref _fullAt) != NotFull;

    /// <summary>Runs a query on its own context.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<T> ReadAsync<T>(Func<AccountsDbContext, Task<T>> query)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            return await query(db);
        }
        catch (Exception failure) when (engine.Find(failure) is not null)
        {
            throw new DatabaseUnavailableException(failure);
        }
    }

    /// <summary>Runs a command as one transaction, when its turn comes. Tracked changes are saved before the commit.</summary>
    /// <remarks>
    /// SQLite runs one transaction at a time. PostgreSQL runs several, at READ COMMITTED: a command locks the rows that its decision rests on.
    /// </remarks>
    /// <param name="priority">The command's place among waiting writers.</param>
    /// <param name="command">
    /// The command. It must hold no state outside itself: after a conflict it runs again on a new context, up to <see cref="Attempts"/> times.
    /// If a save inside it fails, it fails too: the transaction can't go on.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancels the write until its turn comes. From then on it has no effect: after a canceled write nobody would know whether it happened.
    /// </param>
    /// <exception cref="ConstraintException">A constraint refused the data; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">
    /// The database did not answer, or conflicts did not end; nothing changed unless it says so.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn; nothing changed.</exception>
    public async Task<T> WriteAsync<T>(
        WritePriority priority, Func<AccountsDbContext, Task<T>> command, CancellationToken cancellationToken = default)
    {
        using var turn = await _queue.EnterAsync(priority);
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await RunAsync(command);
                Volatile.Write(ref _fullAt, NotFull);
                if (Interlocked.Exchange(ref _failing, 0) != 0)
                    Log.WritesAgain(logger);
                return result;
            }
            catch (CommitUnknownException unknown)
            {
                Failed(unknown);
                throw new DatabaseUnavailableException(unknown);
            }
            catch (Exception failure) when (engine.Find(failure) is { } kind)
            {
                if (kind == DatabaseFailure.Constraint)
                    throw new ConstraintException(failure);
                if (kind != DatabaseFailure.Conflict || attempt == Attempts)
                {
                    Failed(failure);
                    throw new DatabaseUnavailableException(failure);
                }
            }
        }
    }

    /// <summary>Says once why writes fail. Each page says it to its own user.</summary>
    private void Failed(Exception failure)
    {
        var isFull = engine.Explain(failure.GetBaseException()) == DatabaseProblem.DiskFull;
        Volatile.Write(ref _fullAt, isFull ? time.GetTimestamp() : NotFull);
        if (Interlocked.Exchange(ref _failing, 1) == 0)
            Log.WritesFail(logger, failure.GetBaseException().Message);
    }

    private async Task<T> RunAsync<T>(Func<AccountsDbContext, Task<T>> command)
    {
        await using var db = await contexts.CreateDbContextAsync();
        db.MayWrite = true;
        // If a save fails, the whole transaction is rolled back. A savepoint would only cost a server two round trips.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        var result = await command(db);
        await db.SaveChangesAsync();
        await engine.CommitAsync(db, transaction);
        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Writes to the database fail: {Why}")]
        public static partial void WritesFail(ILogger logger, string why);

        [LoggerMessage(2, LogLevel.Information, "Writes to the database succeed again")]
        public static partial void WritesAgain(ILogger logger);
    }
}
