using System.Diagnostics.CodeAnalysis;

namespace Accounts.Tests.Fixtures;

/// <summary>A third-party program that some tests need: a browser, a database server, Node.</summary>
/// <remarks>
/// If it is missing, those tests are skipped and say so. With <c>ACCOUNTS_REQUIRE_ENGINES=1</c> they fail instead. A green run then
/// means that everything ran.
/// </remarks>
internal static class Engine
{
    private static bool Required => string.Equals(Environment.GetEnvironmentVariable("ACCOUNTS_REQUIRE_ENGINES"), "1", StringComparison.Ordinal);

    /// <summary>Finds a program on the path, or in one of the given places.</summary>
    /// <returns>Its full path, or null if it isn't installed.</returns>
    public static string? Find(string name, params string[] places) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .Concat(places)
        .FirstOrDefault(File.Exists);

    /// <summary>Skips the test, or fails it if every engine is required.</summary>
    /// <param name="what">What is missing, as a sentence.</param>
    /// <param name="remedy">How to install it, as a sentence.</param>
    [DoesNotReturn]
    public static void Missing(string what, string remedy)
    {
        if (!Required)
            Assert.Skip($"{what} {remedy}");
        Assert.Fail($"{what} {remedy}");
    }
}
