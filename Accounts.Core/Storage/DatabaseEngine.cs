using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Accounts.Core.Storage;

/// <summary>What differs between the database engines. All other code is the same for each of them.</summary>
internal abstract class DatabaseEngine
{
    /// <summary>Makes a context use this engine.</summary>
    public abstract void Configure(DbContextOptionsBuilder options);

    /// <summary>
    /// The end of a SELECT statement that locks the rows that it returns, in their order, until the transaction ends. Empty on an engine with one
    /// writer, where the transaction itself is the lock. Readers never wait for such a lock.
    /// </summary>
    public abstract string RowLock { get; }

    /// <summary>
    /// The end of a SELECT statement that keeps other transactions from changing the rows that it returns, until the transaction ends. Several
    /// transactions may hold it on the same row.
    /// </summary>
    public abstract string SharedRowLock { get; }

    /// <summary>
    /// What follows a column that is compared and sorted by its bytes in UTF-8: only in this order is a prefix a range. Empty on an engine that has
    /// the order anyway.
    /// </summary>
    public abstract string ByteOrder { get; }

    /// <summary>How many writers may run at the same time.</summary>
    public abstract WriterLimits Writers { get; }

    /// <summary>The kind of a failure; null if it isn't the database's.</summary>
    public DatabaseFailure? Find(Exception failure) => failure switch
    {
        DbUpdateConcurrencyException => DatabaseFailure.Conflict,
        DbUpdateException { InnerException: { } inner } => Find(inner) ?? DatabaseFailure.Unavailable,
        // Entity Framework wraps failures that may pass.
        InvalidOperationException { InnerException: DbException or DbUpdateException or TimeoutException } => Find(failure.InnerException),
        DbException own => FindOwn(own),
        DbUpdateException or TimeoutException => DatabaseFailure.Unavailable,
        _ => null,
    };

    /// <summary>Commits a transaction.</summary>
    /// <exception cref="CommitUnknownException">The connection broke, and nobody can tell whether the transaction was committed.</exception>
    public virtual Task CommitAsync(AccountsDbContext db, IDbContextTransaction transaction) => transaction.CommitAsync();

    /// <summary>Why the engine can't be written, by what it or its driver reports.</summary>
    public abstract DatabaseProblem Explain(Exception failure);

    /// <summary>Whether the next writes would find no room. Only an engine that sees its disk knows.</summary>
    public virtual bool IsFull => false;

    /// <summary>Writes something small that nobody reads, in a transaction that the caller commits.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="needsRoom">Whether the write must also find room on the disk, because an earlier one found none.</param>
    /// <returns>What the engine noticed on the way; null if nothing is wrong.</returns>
    public abstract Task<DatabaseProblem?> ProveAsync(AccountsDbContext db, bool needsRoom);

    /// <summary>Looks whether the last proof is where the next start will look for it.</summary>
    public virtual Task<DatabaseProblem?> FindLossAsync() => Task.FromResult<DatabaseProblem?>(null);

    /// <summary>Measures the database. The migrations are left out: they are the same for each engine.</summary>
    public abstract Task<DatabaseFacts> MeasureAsync(AccountsDbContext db, CancellationToken cancellationToken);

    /// <summary>The kind of a failure that the engine's driver reports.</summary>
    protected abstract DatabaseFailure FindOwn(DbException failure);
}

/// <summary>How many writers may run at the same time.</summary>
/// <param name="Total">The most writers.</param>
/// <param name="Ordinary">The most ordinary writers among them. The other places are for endings.</param>
internal sealed record WriterLimits(int Total, int Ordinary);

/// <summary>Opens the database on startup, or looks at it for a command.</summary>
internal interface IDatabaseStart
{
    /// <summary>Checks that this process may use the database, and applies migrations.</summary>
    /// <exception cref="Settings.StartupException">The database can't be used. The message names it and says why and what to do.</exception>
    void Open();

    /// <summary>Checks the database as <see cref="Open"/> does, and changes nothing. It works while another process uses the database.</summary>
    /// <exception cref="Settings.StartupException">The database can't be used. The message names it and says why and what to do.</exception>
    DatabaseState Look();

    /// <summary>Whether this process still has the database to itself, after <see cref="Open"/>.</summary>
    bool IsKept { get; }

    /// <summary>Keeps the database for this process until it ends; false if another process has it.</summary>
    /// <exception cref="Settings.StartupException">The database can't be used. The message names it and says why and what to do.</exception>
    bool TryKeep();
}
