using Accounts.Core.Settings;
using Microsoft.Data.Sqlite;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>The SQLite file, with its full path.</summary>
internal sealed class DatabaseFile(StorageOptions options, ContentRoot root)
{
    /// <summary>Seconds that a statement waits for another program's lock on the file.</summary>
    private const int BusySeconds = 2;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path, root.Path);

    public bool IsDefault { get; } = string.Equals(options.Path, StorageOptions.DefaultPath, StringComparison.Ordinal);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public string ConnectionString =>
        new SqliteConnectionStringBuilder { DataSource = Path, ForeignKeys = true, DefaultTimeout = BusySeconds }.ToString();
}
