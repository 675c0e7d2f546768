using Microsoft.Data.Sqlite;

namespace Accounts.Benchmarks;

/// <summary>A folder for the database of one run, gone with the run.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("accounts-benchmark-").FullName;

    public string Database => System.IO.Path.Combine(Path, "accounts.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path, recursive: true);
    }
}
