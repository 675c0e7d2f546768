using Microsoft.Data.Sqlite;

namespace Accounts.Stage;

/// <summary>A folder for one application's database. Disposing it deletes the folder.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("accounts-stage-").FullName;

    public string Database => System.IO.Path.Combine(Path, "accounts.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path, recursive: true);
    }
}
