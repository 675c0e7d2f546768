using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Accounts.Core.Storage.PostgreSql;

/// <summary>Keeps the database for one process: memory answers for sessions, and no other process could tell it what has ended.</summary>
/// <remarks>
/// It is an advisory lock of a connection that lives as long as the process. The server frees it however the process ends. When the connection
/// breaks, the process takes the lock again; if another process has taken it in between, this one stops.
/// </remarks>
internal sealed partial class ProcessLock(PostgreSqlAddress address, ILogger<ProcessLock> logger,
    IHostApplicationLifetime? lifetime = null) : IDisposable
{
    /// <summary>"Acct". The schema is the other half of the lock's name, so that two of them in one database are two.</summary>
    private const int Application = 0x41636374;

    /// <summary>A process that was killed a moment ago may still hold the lock.</summary>
    private const string Wait = "5s";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How often the connection must show that it is alive.</summary>
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(10);

    /// <summary>The server notices within about 25 seconds that a computer is gone, and frees its lock.</summary>
    private const string Notice = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

    private readonly CancellationTokenSource _disposed = new();
    private NpgsqlConnection? _connection;
    private Backend? _backend;
    private bool _isHeld;

    /// <summary>Whether this process has the lock, as far as it knows.</summary>
    public bool IsHeld => Volatile.Read(ref _isHeld);

    /// <summary>Takes the lock and watches over it.</summary>
    /// <returns>False if another process has it.</returns>
    /// <exception cref="NpgsqlException">The server did not answer.</exception>
    public bool TryTake()
    {
        var connection = new NpgsqlConnection(address.SingleConnectionString);
        try
        {
            connection.Open();
            Lock(connection);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            connection.Dispose();
            return false;
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _connection = connection;
        Volatile.Write(ref _isHeld, true);
        _ = Task.Run(WatchAsync);
        return true;
    }

    /// <summary>Whether another process has the lock.</summary>
    /// <exception cref="NpgsqlException">The server did not answer.</exception>
    public bool IsTaken()
    {
        using var connection = new NpgsqlConnection(address.SingleConnectionString);
        connection.Open();
        // It takes a free lock for a moment. A start waits longer than that.
        using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Application}, hashtext(current_schema()))", connection);
        return command.ExecuteScalar() is false;
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _connection?.Dispose();
        _disposed.Dispose();
    }

    private void Lock(NpgsqlConnection connection)
    {
        var sql = $"{Notice}; SET lock_timeout = '{Wait}'; SELECT pg_advisory_lock({Application}, hashtext(current_schema()))";
        using (var command = new NpgsqlCommand(sql, connection))
            command.ExecuteNonQuery();
        using var query = new NpgsqlCommand("SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()", connection);
        _backend = new Backend(connection.ProcessID, (DateTime)query.ExecuteScalar()!);
    }

    /// <summary>Ends the server's side of the lost connection: it may not have noticed yet, and then it still has the lock.</summary>
    private async Task EndLostAsync(NpgsqlConnection connection)
    {
        const string Sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2";
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _backend!.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = _backend.StartedAt });
        await command.ExecuteNonQueryAsync();
    }

    private async Task WatchAsync()
    {
        var stopped = _disposed.Token;
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await ProveAsync(_connection!, stopped);
            }
            catch (Exception broken) when (broken is DbException or IOException or TimeoutException or InvalidOperationException)
            {
                if (stopped.IsCancellationRequested)
                    return;
                Volatile.Write(ref _isHeld, false);
                Log.Lost(logger, address.Name, broken);
                await _connection!.DisposeAsync();
                if (!await RetakeAsync(stopped))
                    return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task ProveAsync(NpgsqlConnection connection, CancellationToken stopped)
    {
        // A broken connection throws here at once.
        while (await connection.WaitAsync(Check, stopped))
        {
        }

        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(stopped);
    }

    private async Task<bool> RetakeAsync(CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            var connection = new NpgsqlConnection(address.SingleConnectionString);
            try
            {
                await connection.OpenAsync(stopped);
                await EndLostAsync(connection);
                Lock(connection);
                _connection = connection;
                Volatile.Write(ref _isHeld, true);
                // Disposing may have begun meanwhile, with the lost connection.
                if (stopped.IsCancellationRequested)
                    await connection.DisposeAsync();
                Log.Retaken(logger, address.Name);
                return true;
            }
            catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                await connection.DisposeAsync();
                Log.Taken(logger, address.Name);
                Environment.ExitCode = 1;
                lifetime?.StopApplication();
                return false;
            }
            catch (Exception unanswered) when (unanswered is DbException or IOException or TimeoutException)
            {
                await connection.DisposeAsync();
                await Task.Delay(Pause, stopped);
            }
        }

        return false;
    }

    /// <summary>The server's side of a connection. Its id alone can come again.</summary>
    private sealed record Backend(int Id, DateTime StartedAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Lost the connection to {Database} that keeps it for this process")]
        public static partial void Lost(ILogger logger, string database, Exception failure);

        [LoggerMessage(2, LogLevel.Information, "Keeps {Database} for this process again")]
        public static partial void Retaken(ILogger logger, string database);

        [LoggerMessage(3, LogLevel.Critical, "Another process has taken {Database} while it could not be reached. This process stops")]
        public static partial void Taken(ILogger logger, string database);
    }
}
