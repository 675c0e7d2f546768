using Accounts.Core.Storage;
using Accounts.Stage;

namespace Accounts.Benchmarks;

/// <summary>The database engines that a benchmark compares: SQLite, and PostgreSQL on a server of its own if it's installed.</summary>
/// <remarks>
/// They take turns within one run, because other work on the machine changes from minute to minute. Both flush each commit to the disk.
/// </remarks>
internal sealed class Engines : IAsyncDisposable
{
    private readonly PostgreSqlServer? _server;

    private Engines(PostgreSqlServer? server) => _server = server;

    /// <summary>Their names, SQLite first.</summary>
    public IReadOnlyList<string> Names => _server is null ? ["SQLite"] : ["SQLite", "PostgreSQL"];

    /// <summary>Starts PostgreSQL. If it isn't installed, prints how to get its figures.</summary>
    public static async Task<Engines> StartAsync()
    {
        if (PostgreSqlServer.FindPrograms() is { } programs)
            return new Engines(await PostgreSqlServer.StartAsync(programs));
        Console.WriteLine(
            "PostgreSQL isn't installed, so there are figures for SQLite only. Install the package postgresql, or put its programs on the path.");
        return new Engines(null);
    }

    /// <summary>Creates an empty database on an engine.</summary>
    /// <param name="engine">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder of a SQLite file.</param>
    /// <returns>The settings of an application that uses it.</returns>
    public async Task<(string Key, string Value)[]> CreateDatabaseAsync(string engine, TemporaryFolder folder) =>
        _server is null || !string.Equals(engine, Names[1], StringComparison.Ordinal)
            ? [("Storage:Path", folder.Database), OneFactorForStaff]
            : [
                ("Storage:Provider", nameof(StorageProvider.PostgreSql)),
                ("Storage:ConnectionString", (await _server.CreateDatabaseAsync()).ConnectionString),
                OneFactorForStaff,
            ];

    /// <summary>The staff of the benchmarks sign in with a password alone.</summary>
    private static (string Key, string Value) OneFactorForStaff => ("TwoFactor:RequiredForStaff", "false");

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
