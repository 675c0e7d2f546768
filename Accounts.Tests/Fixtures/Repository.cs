using System.Runtime.CompilerServices;

namespace Accounts.Tests.Fixtures;

/// <summary>The working copy that built these tests.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(Here());

    /// <summary>Lists the repository's files that match the pattern, without build output.</summary>
    /// <param name="pattern">The pattern, for example <c>*.cs</c>.</param>
    /// <param name="copy">The root of a copy to search instead.</param>
    public static IEnumerable<string> Files(string pattern, string? copy = null) => Directory
        .EnumerateFiles(copy ?? Root, pattern, SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(copy ?? Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "out" or ".git" or "node_modules"));

    /// <summary>Copies sources to a folder, without build output: a build there leaves the working copy alone.</summary>
    /// <param name="folder">Where to. It must not exist, or be empty.</param>
    /// <param name="paths">The folders and files to copy. The files at the root always come along.</param>
    /// <returns>The files that were copied.</returns>
    public static IReadOnlyList<string> Copy(string folder, params string[] paths)
    {
        var files = Files("*")
            .Where(file => !file.Contains('/', StringComparison.Ordinal)
                || paths.Any(path => string.Equals(file, path, StringComparison.Ordinal) || file.StartsWith(path + '/', StringComparison.Ordinal)))
            .Where(file => !file.StartsWith("Accounts.Web/App_Data/", StringComparison.Ordinal))
            .ToList();
        foreach (var file in files)
        {
            var copy = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Root, file), copy);
        }

        return files;
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find(string path)
    {
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Accounts.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests are not in a working copy.");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
