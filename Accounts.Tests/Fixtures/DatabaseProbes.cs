using Accounts.Core.Storage;

namespace Accounts.Tests.Fixtures;

internal static class DatabaseProbes
{
    /// <summary>A part of the statement that proves a write. Each engine proves it in its own way.</summary>
    public static string Statement => TestEngine.Current == StorageProvider.PostgreSql ? "SET \"ProductVersion\"" : "PRAGMA user_version";

    /// <summary>Whether the database saves what it's given.</summary>
    public static async Task<bool> AnswersAsync(this DatabaseProbe probe) => await probe.FindProblemAsync() is null;
}
