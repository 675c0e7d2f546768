using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Accounts.Tests.Fixtures;

/// <summary>The packages, packed in Release from a copy of the sources. A test class takes this as its class fixture.</summary>
/// <remarks>The first class packs, for all tests of this process. The packages are deleted as the process ends.</remarks>
public sealed class Packages : IAsyncLifetime
{
    /// <summary>Where the copy says that it comes from.</summary>
    public const string RepositoryUrl = "https://github.com/example/accounts";

    /// <summary>The commit that the copy says it is.</summary>
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly Lazy<Task<string>> Feed = new(PackAsync);

    // Unique, so that no machine has a package of this version from an earlier run.
    private static readonly string Suffix = $"test.{Guid.NewGuid():N}";

    /// <summary>The ids of the packages.</summary>
    public static IReadOnlyList<string> Ids { get; } = ["Accounts.AspNetCore", "Accounts.Core"];

    /// <summary>The version of all packages.</summary>
    public static string Version => $"{VersionPrefix}-{Suffix}";

    /// <summary>The version without its suffix, as the repository names it.</summary>
    public static string VersionPrefix { get; } =
        XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    /// <summary>The folder with the packages: a source for NuGet.</summary>
    public string FeedPath { get; private set; } = "";

    /// <summary>The folder in which NuGet keeps this machine's packages.</summary>
    public static string MachinePackages { get; } =
        typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key is "NuGetPackages").Value!;

    public async ValueTask InitializeAsync() => FeedPath = await Feed.Value;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a package.</summary>
    public ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(FeedPath, $"{id}.{Version}.nupkg"));

    /// <summary>Opens a package's symbols.</summary>
    public ZipArchive OpenSymbols(string id) => ZipFile.OpenRead(Path.Combine(FeedPath, $"{id}.{Version}.snupkg"));

    private static async Task<string> PackAsync()
    {
        var folder = new TempFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var copy = folder.File("sources");
        Repository.Copy(copy, [.. Ids, "Accounts.Web/wwwroot/icon-192.png"]);
        PretendToBeAClone(copy);

        var feed = folder.File("feed");
        foreach (var id in Ids)
        {
            string[] pack = ["pack", id, "-c", "Release", "-o", feed, $"-p:VersionSuffix={Suffix}", "-p:UseSharedCompilation=false"];
            var (exitCode, output) = await Command.RunAsync("dotnet", copy, pack);
            Assert.True(exitCode == 0, output);
        }

        return feed;
    }

    /// <summary>Writes as much of a clone as the build reads: where it comes from, and its commit.</summary>
    private static void PretendToBeAClone(string folder)
    {
        var git = Path.Combine(folder, ".git");
        Directory.CreateDirectory(Path.Combine(git, "objects"));
        Directory.CreateDirectory(Path.Combine(git, "refs"));
        File.WriteAllText(Path.Combine(git, "HEAD"), Commit + '\n');
        File.WriteAllText(Path.Combine(git, "config"), $"[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = {RepositoryUrl}.git\n");
    }
}
