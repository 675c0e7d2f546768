using System.Data.Common;
using Accounts.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>Holds an operation at a chosen point inside the database, or makes it fail there. A race then runs the same way every time.</summary>
/// <remarks>
/// An interceptor of the context. Each stop and each failure catches once, in the order in which they were set.
/// It sees Entity Framework's commands and every transaction. Of a command made directly on the connection (the activity flush),
/// it sees only the transaction.
/// </remarks>
public sealed class DatabaseGate : DbCommandInterceptor, IDbTransactionInterceptor
{
    private readonly Lock _lock = new();
    private readonly List<Trap> _traps = [];

    private enum Moment
    {
        Command,
        Result,
        Begin,
        Commit,
    }

    /// <summary>Holds the next command whose text contains the given part, before it runs.</summary>
    public Stop StopCommand(string part) => Set(Moment.Command, part);

    /// <summary>Holds the next command whose text contains the given part, after it has run but before its caller sees the result.</summary>
    public Stop StopResult(string part) => Set(Moment.Result, part);

    /// <summary>Holds the next transaction before it begins. Its writer already has its turn.</summary>
    public Stop StopBegin() => Set(Moment.Begin, "");

    /// <summary>Holds the next commit before it happens.</summary>
    public Stop StopCommit() => Set(Moment.Commit, "");

    /// <summary>Makes the next command whose text contains the given part fail.</summary>
    public void FailCommand(string part = "") => Set(new Trap(Moment.Command, part, null));

    /// <summary>Makes the next transaction fail to begin.</summary>
    public void FailBegin() => Set(new Trap(Moment.Begin, "", null));

    /// <summary>Makes the next commit fail. The transaction is rolled back.</summary>
    public void FailCommit() => Set(new Trap(Moment.Commit, "", null));

    /// <summary>Makes the next commit fail because another transaction got in the way.</summary>
    public void FailCommitInConflict() => Set(new Trap(Moment.Commit, "", null, conflict: true));

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Command, command.CommandText);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Command, command.CommandText);
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Result, command.CommandText);
        return result;
    }

    public override async ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Result, command.CommandText);
        return result;
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Begin, "");
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await PassAsync(Moment.Commit, "");
        return result;
    }

    private Stop Set(Moment moment, string part)
    {
        var stop = new Stop();
        Set(new Trap(moment, part, stop));
        return stop;
    }

    private void Set(Trap trap)
    {
        lock (_lock)
            _traps.Add(trap);
    }

    private Task PassAsync(Moment moment, string text)
    {
        Trap? trap;
        lock (_lock)
        {
            trap = _traps.Find(t => t.Moment == moment && text.Contains(t.Part, StringComparison.Ordinal));
            if (trap is null)
                return Task.CompletedTask;
            _traps.Remove(trap);
        }

        if (trap.Stop is { } stop)
            return stop.HoldAsync();
        throw trap.Failure;
    }

    /// <summary>A point where an operation is held.</summary>
    public sealed class Stop
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the operation has reached this point. Fails if none does.</summary>
        public Task Arrived => _arrived.Task.WaitAsync(Patience.Limit);

        public bool HasArrived => _arrived.Task.IsCompleted;

        public void Release() => _released.TrySetResult();

        internal Task HoldAsync()
        {
            _arrived.TrySetResult();
            return _released.Task.WaitAsync(2 * Patience.Limit);
        }
    }

    private sealed class Trap(Moment moment, string part, Stop? stop, bool conflict = false)
    {
        private const string Says = "The test made the database fail here.";

        /// <summary>What the driver of the test's engine throws.</summary>
        public Exception Failure { get; } = TestEngine.Current == StorageProvider.PostgreSql
            ? new PostgresException(Says, "ERROR", "ERROR", conflict ? PostgresErrorCodes.SerializationFailure : PostgresErrorCodes.IoError)
            : Sqlite(conflict ? SQLitePCL.raw.SQLITE_BUSY_SNAPSHOT : SQLitePCL.raw.SQLITE_IOERR);

        public Moment Moment => moment;

        public string Part => part;

        public Stop? Stop => stop;

        private static SqliteException Sqlite(int extended) => new(Says, extended & 0xFF, extended);
    }
}
