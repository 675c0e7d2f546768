using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Accounts.Core.Settings;
using Microsoft.Data.Sqlite;

namespace Accounts.Core.Storage.Sqlite;

/// <summary>The SQLite file, with its full path.</summary>
internal sealed class DatabaseFile(StorageOptions options, ContentRoot root) : IDisposable
{
    /// <summary>Seconds that a statement waits for another program's lock on the file.</summary>
    private const int BusySeconds = 2;

    /// <summary>https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved</summary>
    private const int HasMovedQuestion = 20;

    private SqliteConnection? _watched;

    /// <summary>Read and write for the user that runs the program, nothing for others: 0600.</summary>
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path, root.Path);

    public bool IsDefault { get; } = string.Equals(options.Path, StorageOptions.DefaultPath, StringComparison.Ordinal);

    /// <summary>SQLite's write-ahead log.</summary>
    public string LogPath => Path + "-wal";

    /// <summary>The file that the running process has locked.</summary>
    public string LockPath => Path + ".lock";

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The settings of the program's connections. They don't make the file: one that is gone must not come back empty.</summary>
    public string ConnectionString => ToOpen(SqliteOpenMode.ReadWrite).ToString();

    /// <summary>A connection of its own, not opened yet.</summary>
    public SqliteConnection Connect(SqliteOpenMode mode)
    {
        var own = ToOpen(mode);
        own.Pooling = false;
        return new SqliteConnection(own.ToString());
    }

    /// <summary>The room on the file's disk in bytes; null if nobody knows.</summary>
    public long? FreeBytes()
    {
        try
        {
            return Directory.Exists(Folder) ? new DriveInfo(Folder).AvailableFreeSpace : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Makes the file if it isn't there yet, and keeps all other users from reading it and the files beside it.</summary>
    /// <remarks>
    /// It holds password hashes and keys. SQLite gives the files that it makes beside it the same mode. On Windows, the folder decides.
    /// </remarks>
    /// <returns>False if the system doesn't let this user change a file's mode.</returns>
    /// <exception cref="IOException">The file can't be made.</exception>
    public bool TryHide()
    {
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            // Never open a file that SQLite may have open: closing it would drop SQLite's locks (https://sqlite.org/howtocorrupt.html, 2.2).
            if (!File.Exists(Path))
            {
                var make = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner };
                new FileStream(Path, make).Dispose();
            }

            foreach (var open in OpenToOthers())
                File.SetUnixFileMode(open, Owner);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether other users can perhaps read the file or one beside it. On Windows, the folder decides.</summary>
    public bool IsReadableByOthers() => !OperatingSystem.IsWindows() && OpenToOthers().Any();

    /// <summary>The size of the file; 0 if it isn't there.</summary>
    public long Bytes() => BytesOf(Path);

    /// <summary>The size of the write-ahead log; 0 if there is none.</summary>
    public long LogBytes() => BytesOf(LogPath);

    /// <summary>Keeps an eye on the file that is at the path now, until the program ends.</summary>
    /// <exception cref="SqliteException">The file can't be opened.</exception>
    public void Watch()
    {
        _watched = Connect(SqliteOpenMode.ReadWrite);
        _watched.Open();
        // SQLite opens the file when it first reads it.
        _watched.ReadTexts("PRAGMA user_version");
    }

    /// <summary>Whether the watched file isn't at its path any more: it was deleted or moved, or another one was put in its place.</summary>
    public bool HasMoved()
    {
        if (_watched?.Handle is not { } handle)
            return false;
        var moved = 0;
        // Where SQLite can't tell, as on Windows, the system keeps an open file at its path.
        return FileControl(handle.DangerousGetHandle(), "main", HasMovedQuestion, ref moved) == SQLitePCL.raw.SQLITE_OK && moved != 0;
    }

    public void Dispose() => _watched?.Dispose();

    // https://sqlite.org/c3ref/file_control.html. The library that Microsoft.Data.Sqlite brings; its own wrapper has no such method.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CallingConvention = CallingConvention.Cdecl, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int question, ref int answer);

    [UnsupportedOSPlatform("windows")]
    private IEnumerable<string> OpenToOthers() => new[] { Path, LogPath, Path + "-shm", LockPath }
        .Where(each => File.Exists(each) && (File.GetUnixFileMode(each) & ~Owner) != UnixFileMode.None);

    private static long BytesOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private SqliteConnectionStringBuilder ToOpen(SqliteOpenMode mode) =>
        new() { DataSource = Path, Mode = mode, ForeignKeys = true, DefaultTimeout = BusySeconds };
}
