using System.Diagnostics.Metrics;
using Accounts.Core.Settings;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>Tells operators when SQLite's write-ahead log grows without an end.</summary>
/// <remarks>
/// SQLite can't begin the log anew while another program reads an old state of the database (https://sqlite.org/wal.html, "Avoiding excessively
/// large WAL files"). This program's own reads are short. When the reader ends, the log shrinks to the limit.
/// </remarks>
internal sealed partial class LogWatch
{
    /// <summary>The size in bytes from which on somebody must look: 64 MB. It usually has four.</summary>
    public const long Limit = 64 << 20;

    private readonly DatabaseFile _file;
    private readonly ILogger _logger;
    private bool _isLarge;

    public LogWatch(DatabaseFile file, IMeterFactory meters, ILogger<LogWatch> logger)
    {
        _file = file;
        _logger = logger;
        meters.Create(AccountsMeter.Name)
            .CreateObservableGauge("accounts.storage.log_size", file.LogBytes, "By", "The size of SQLite's write-ahead log.");
    }

    /// <summary>Looks at the log after a commit.</summary>
    public void Look()
    {
        var bytes = _file.LogBytes();
        if (bytes > Limit == _isLarge)
            return;
        _isLarge = !_isLarge;
        if (_isLarge)
            Log.Large(_logger, _file.LogPath, bytes >> 20);
        else
            Log.SmallAgain(_logger, _file.LogPath);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The write-ahead log {Path} has {Megabytes} MB, and grows as long as another program reads the database: "
            + "look for an open transaction, for example of a backup or a shell")]
        public static partial void Large(ILogger logger, string path, long megabytes);

        [LoggerMessage(2, LogLevel.Information, "The write-ahead log {Path} is small again")]
        public static partial void SmallAgain(ILogger logger, string path);
    }
}
