using Accounts.Core.Storage;

namespace Accounts.Tests.Fixtures;

/// <summary>The database engine that the running test uses.</summary>
/// <remarks>
/// <see cref="EachEngineFactAttribute"/> and <see cref="EachEngineTheoryAttribute"/> set it for one test: for the constructor of its class,
/// <c>InitializeAsync</c>, the method, everything that these call or start, and <c>DisposeAsync</c>. Class, collection and assembly fixtures
/// serve the tests of both engines, so they see the default. So do tests with <c>[Fact]</c> and <c>[Theory]</c>. The default is SQLite;
/// the environment variable <c>ACCOUNTS_TEST_ENGINE</c> changes it.
/// </remarks>
internal static class TestEngine
{
    public const string Variable = "ACCOUNTS_TEST_ENGINE";

    private static readonly AsyncLocal<StorageProvider?> Ambient = new();
    private static readonly Lazy<StorageProvider> Default = new(() => Parse(Environment.GetEnvironmentVariable(Variable)));

    public static IReadOnlyList<StorageProvider> All { get; } = Enum.GetValues<StorageProvider>();

    public static StorageProvider Current => Ambient.Value ?? Default.Value;

    /// <summary>Sets the engine for the rest of the calling asynchronous method, and for what it calls.</summary>
    public static void Use(StorageProvider engine) => Ambient.Value = engine;

    /// <summary>Returns the engine's name as its makers write it.</summary>
    public static string Name(StorageProvider engine) => engine switch
    {
        StorageProvider.Sqlite => "SQLite",
        StorageProvider.PostgreSql => "PostgreSQL",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "This engine has no name."),
    };

    /// <summary>Reads the environment variable's value.</summary>
    /// <exception cref="InvalidOperationException">The value names no engine.</exception>
    internal static StorageProvider Parse(string? value) => value switch
    {
        null or "" or nameof(StorageProvider.Sqlite) => StorageProvider.Sqlite,
        nameof(StorageProvider.PostgreSql) => StorageProvider.PostgreSql,
        _ => throw new InvalidOperationException($"{Variable} is '{value}'. Set it to {string.Join(" or ", Enum.GetNames<StorageProvider>())}."),
    };
}
