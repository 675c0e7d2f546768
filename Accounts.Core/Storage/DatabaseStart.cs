using System.Globalization;
using Accounts.Core.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Storage;

/// <summary>Opens the database at start: one process at a time, a file that is whole and ours, its tables brought up to date.</summary>
/// <remarks>
/// The lock is an operating-system lock on a file beside the database, held as long as the process lives and gone with it, however it dies.
/// Under it, a row that a killed migration left in Entity Framework's own lock table is stale and is cleared.
/// </remarks>
internal sealed partial class DatabaseStart(DatabaseFile file, IDbContextFactory<AccountsDbContext> contexts, ILogger<DatabaseStart> logger) : IDisposable
{
    /// <summary>"Acct", so that the file of another program is recognised and left alone. See https://sqlite.org/pragma.html#pragma_application_id.</summary>
    private const int ApplicationId = 0x41636374;

    /// <summary>Entity Framework's table of the migrations that a file has seen.</summary>
    private const string History = "__EFMigrationsHistory";

    /// <summary>https://sqlite.org/fileformat.html#the_database_header</summary>
    private const int HeaderBytes = 100;

    private FileStream? _lock;

    /// <exception cref="StartupException">The file cannot be used; the message names it, says why, and what to do. Nothing was changed in it.</exception>
    public void Open()
    {
        if (file.IsDefault)
            CreateFolder();
        else if (!Directory.Exists(file.Folder))
            throw Refuse("its folder does not exist. Create the folder, or correct Storage:Path in appsettings.json.");
        if (File.Exists(file.Path) && new FileInfo(file.Path).IsReadOnly)
            throw Refuse("the file is read-only. Make it writable for the user that runs this program.");

        _lock = TakeLock();
        try
        {
            using var db = contexts.CreateDbContext();
            RequireOurs(db.Database.GetMigrations());
            db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            db.Database.Migrate();
            db.Database.ExecuteSqlRaw($"PRAGMA application_id = {ApplicationId}");
            db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
            Log.Opened(logger, file.Path);
        }
        catch (SqliteException failure)
        {
            throw failure.SqliteErrorCode switch
            {
                SQLitePCL.raw.SQLITE_NOTADB => NotADatabase(failure),
                SQLitePCL.raw.SQLITE_CORRUPT => Damaged(failure.Message, failure),
                SQLitePCL.raw.SQLITE_READONLY => Refuse("the file is read-only. Make it writable for the user that runs this program.", failure),
                SQLitePCL.raw.SQLITE_CANTOPEN => Refuse("the file or its folder cannot be written. Give the user that runs this program the right to.", failure),
                SQLitePCL.raw.SQLITE_BUSY => Refuse("another program holds a lock on it. End that program and start again.", failure),
                _ => Refuse($"SQLite says: {failure.Message}", failure),
            };
        }
    }

    public void Dispose() => _lock?.Dispose();

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(file.Folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"its folder cannot be made ({failure.Message}). Make {file.Folder} a folder that the user that runs this program can write.", failure);
        }
    }

    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(file.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Refuse("its folder cannot be written. Give the user that runs this program the right to.", failure);
        }
        catch (IOException failure)
        {
            throw Refuse("another process is using it. End that process, or give this one a file of its own with Storage:Path.", failure);
        }
    }

    // On a connection of its own, past Entity Framework: what it finds wrong is said once, in words, and not before that in the log with a stack trace.
    private void RequireOurs(IEnumerable<string> ourMigrations)
    {
        // SQLite takes a file that is shorter than its header for an empty one, and writes over it.
        if (File.Exists(file.Path) && new FileInfo(file.Path).Length is > 0 and < HeaderBytes)
            throw NotADatabase();

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder(file.ConnectionString) { Pooling = false }.ToString());
        connection.Open();
        var tables = Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table'");
        if (tables.Count == 0)
            return;

        var application = Query(connection, "PRAGMA application_id").Single();
        // A start that was killed during the first migration leaves the tables of migrations and not yet our mark.
        var begun = application is "0" && tables.Exists(name => name.StartsWith("__EFMigrations", StringComparison.Ordinal));
        if (!string.Equals(application, ApplicationId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) && !begun)
            throw Refuse("it is the SQLite database of another program. Correct Storage:Path in appsettings.json.");

        var check = Query(connection, "PRAGMA quick_check(1)");
        if (check is not ["ok"])
            throw Damaged(string.Join("; ", check));

        var applied = tables.Contains(History, StringComparer.Ordinal) ? Query(connection, $"SELECT \"MigrationId\" FROM \"{History}\"") : [];
        var unknown = applied.Except(ourMigrations, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            throw Refuse($"it was written by a newer version of this program (it has {string.Join(", ", unknown)}). Start that version, or restore an older copy of the file.");
    }

    private static List<string> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> values = [];
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }

    private StartupException NotADatabase(Exception? inner = null) =>
        Refuse("the file is not a SQLite database. Move it away, or correct Storage:Path in appsettings.json.", inner);

    private StartupException Damaged(string detail, Exception? inner = null) =>
        Refuse($"the file is damaged ({detail}). Keep it, and put a copy from your backup in its place.", inner);

    private StartupException Refuse(string why, Exception? inner = null) => new($"The database {file.Path} cannot be used: {why}", inner);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Opened the database {Path}")]
        public static partial void Opened(ILogger logger, string path);
    }
}

/// <summary>The SQLite file, its path made whole.</summary>
internal sealed class DatabaseFile(StorageOptions options, string contentRoot)
{
    /// <summary>Seconds that a statement waits for a lock that another program holds on the file.</summary>
    private const int BusySeconds = 2;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path, contentRoot);

    public bool IsDefault { get; } = string.Equals(options.Path, StorageOptions.DefaultPath, StringComparison.Ordinal);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, ForeignKeys = true, DefaultTimeout = BusySeconds }.ToString();
}
