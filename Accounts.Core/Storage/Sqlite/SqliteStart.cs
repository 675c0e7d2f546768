using System.Globalization;
using System.Security.Cryptography;
using Accounts.Core.Settings;
using Accounts.Core.Storage.Migrations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>Opens the SQLite file on startup: locks it for one process, checks it and applies migrations.</summary>
/// <remarks>
/// The lock is an operating-system lock on a file beside the database. The process holds it for its whole life; it is freed however the process
/// ends. Under the lock, this class clears Entity Framework's own lock table, where a killed migration may have left a row.
/// </remarks>
internal sealed partial class SqliteStart(DatabaseFile file, IDbContextFactory<AccountsDbContext> contexts, ILogger<SqliteStart> logger)
    : IDatabaseStart, IDisposable
{
    /// <summary>"Acct". It marks the file as ours, so that we refuse other files. See https://sqlite.org/pragma.html#pragma_application_id.</summary>
    private const int ApplicationId = 0x41636374;

    /// <summary>https://sqlite.org/fileformat.html#the_database_header</summary>
    private const int HeaderBytes = 100;

    private const string ReadOnly = "the file is read-only. Make it writable for the user that runs this program.";

    private readonly Lock _gate = new();
    private FileStream? _lock;

    /// <inheritdoc/>
    /// <exception cref="StartupException">The file can't be used; it is unchanged. The message names it and says why and what to do.</exception>
    public void Open()
    {
        RequirePlace();
        if (file.IsDefault)
            CreateFolder();

        _lock = TakeLock();
        Hide();
        try
        {
            using var db = contexts.CreateDbContext();
            db.MayWrite = true;
            using (var connection = file.Connect(SqliteOpenMode.ReadWriteCreate))
                RequireOurs(connection);
            db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            db.Database.Migrate();
            db.Database.ExecuteSqlRaw($"PRAGMA application_id = {ApplicationId}");
            db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
            Hide();
            file.Watch();
            Log.Opened(logger, file.Path);
        }
        catch (SqliteException failure)
        {
            throw Explain(failure);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Another file at the path, which another process may have locked, doesn't get longer with ours.</remarks>
    public bool IsKept
    {
        get
        {
            if (_lock is null)
                return false;
            lock (_gate)
            {
                try
                {
                    var length = RandomNumberGenerator.GetInt32(1, 4096);
                    _lock.SetLength(length);
                    var found = new FileInfo(file.LockPath) is { Exists: true } known ? known.Length : -1;
                    _lock.SetLength(0);
                    return found == length;
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    // The disk takes nothing, which a write to the database finds, too. The system still holds the lock.
                    return true;
                }
            }
        }
    }

    public void Dispose() => _lock?.Dispose();

    private void RequirePlace()
    {
        if (!file.IsDefault && !Directory.Exists(file.Folder))
            throw Refuse("its folder does not exist. Create the folder, or correct Storage:Path in appsettings.json.");
        if (File.Exists(file.Path) && new FileInfo(file.Path).IsReadOnly)
            throw Refuse(ReadOnly);
    }

    private void CreateFolder()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(file.Folder);
            else
                Directory.CreateDirectory(file.Folder, DatabaseFile.Owner | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refuse(
                $"its folder cannot be created ({failure.Message}). Make sure that the user that runs this program can write to {file.Folder}.",
                failure);
        }
    }

    private void Hide()
    {
        try
        {
            if (!file.TryHide())
                Log.Readable(logger, file.Path);
        }
        catch (IOException failure)
        {
            throw Refuse($"it cannot be created ({failure.Message}). Make room for it, or correct Storage:Path in appsettings.json.", failure);
        }
    }

    private FileStream TakeLock()
    {
        try
        {
            return OpenLock(FileMode.OpenOrCreate);
        }
        catch (IOException failure)
        {
            throw Refuse("another process is using it. Stop that process, or choose another file with Storage:Path.", failure);
        }
    }

    private FileStream OpenLock(FileMode mode)
    {
        try
        {
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (mode is FileMode.OpenOrCreate && !OperatingSystem.IsWindows())
                options.UnixCreateMode = DatabaseFile.Owner;
            return new FileStream(file.LockPath, options);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Refuse("its folder is not writable. Give write access to the user that runs this program.", failure);
        }
    }

    /// <summary>Refuses a file that isn't ours, or is damaged. Returns the migrations that were applied to it.</summary>
    private List<string> RequireOurs(SqliteConnection connection)
    {
        // SQLite treats a file that is shorter than its header as empty, and overwrites it.
        if (File.Exists(file.Path) && new FileInfo(file.Path).Length is > 0 and < HeaderBytes)
            throw NotADatabase();

        connection.Open();
        var tables = connection.ReadTexts("SELECT name FROM sqlite_master WHERE type = 'table'");
        if (tables.Count == 0)
            return [];

        var application = connection.ReadTexts("PRAGMA application_id").Single();
        // A start that was killed during the first migration leaves migration tables without our mark.
        var begun = application is "0" && tables.Exists(name => name.StartsWith("__EFMigrations", StringComparison.Ordinal));
        if (!string.Equals(application, ApplicationId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) && !begun)
            throw Refuse("it is another program's SQLite database. Correct Storage:Path in appsettings.json.");

        var check = connection.ReadTexts("PRAGMA quick_check(1)");
        if (check is not ["ok"])
            throw Damaged(string.Join("; ", check));

        var applied = tables.Contains(MigrationIds.Table, StringComparer.Ordinal)
            ? connection.ReadTexts($"SELECT \"MigrationId\" FROM \"{MigrationIds.Table}\"")
            : [];
        using var db = contexts.CreateDbContext();
        if (MigrationIds.FindProblem(applied, db.Database.GetMigrations()) is { } problem)
            throw Refuse(problem);
        return applied;
    }

    private StartupException Explain(SqliteException failure) => failure.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_NOTADB => NotADatabase(failure),
        SQLitePCL.raw.SQLITE_CORRUPT => Damaged(failure.Message, failure),
        SQLitePCL.raw.SQLITE_READONLY => Refuse(ReadOnly, failure),
        SQLitePCL.raw.SQLITE_CANTOPEN =>
            Refuse("the file or its folder is not writable. Give write access to the user that runs this program.", failure),
        SQLitePCL.raw.SQLITE_BUSY => Refuse("another program holds a lock on it. Close that program and start again.", failure),
        _ => Refuse($"SQLite says: {failure.Message}", failure),
    };

    private StartupException NotADatabase(Exception? inner = null) =>
        Refuse("the file is not a SQLite database. Move it away, or correct Storage:Path in appsettings.json.", inner);

    private StartupException Damaged(string detail, Exception? inner = null) =>
        Refuse($"the file is damaged ({detail}). Keep it, and restore a backup to this path.", inner);

    private StartupException Refuse(string why, Exception? inner = null) => new($"The database {file.Path} cannot be used: {why}", inner);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Opened the database {Path}")]
        public static partial void Opened(ILogger logger, string path);

        [LoggerMessage(2, LogLevel.Warning,
            "Other users can perhaps read {Path}, with its password hashes and keys: this user can't change its mode. Run chmod 600 as its owner")]
        public static partial void Readable(ILogger logger, string path);
    }
}
