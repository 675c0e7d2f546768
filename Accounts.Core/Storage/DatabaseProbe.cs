namespace Accounts.Core.Storage;

/// <summary>Checks whether the database saves what it is given.</summary>
public sealed class DatabaseProbe : IDisposable
{
    // One proof at a time: each looks for its own.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly AccountsDatabase _database;
    private readonly DatabaseEngine _engine;
    private readonly IDatabaseStart _start;

    internal DatabaseProbe(AccountsDatabase database, DatabaseEngine engine, IDatabaseStart start)
    {
        _database = database;
        _engine = engine;
        _start = start;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Writes something small that nobody reads, commits it, and looks whether it is where it belongs.</summary>
    /// <returns>Why the database saves nothing; null if it does.</returns>
    /// <remarks>
    /// For 30 seconds after a full disk refused a write, it says so without a write of its own. The next one must find room, because a small one
    /// might find a place where a larger one doesn't.
    /// </remarks>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write.</exception>
    public async Task<DatabaseProblem?> FindProblemAsync(CancellationToken cancellationToken = default)
    {
        if (!_start.IsKept)
            return DatabaseProblem.NotKept;
        if (_database.WasFull || _engine.IsFull)
            return DatabaseProblem.DiskFull;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var needsRoom = _database.FoundNoRoom;
            return await _database.WriteAsync(WritePriority.Ordinary, db => _engine.ProveAsync(db, needsRoom), cancellationToken)
                ?? await _engine.FindLossAsync();
        }
        catch (DatabaseUnavailableException failure)
        {
            return _engine.Explain(failure.GetBaseException());
        }
        finally
        {
            _turn.Release();
        }
    }
}
