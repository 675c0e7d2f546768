using System.Xml.Linq;

namespace Accounts.Tests.Fixtures;

/// <summary>A folder outside the repository, for projects that use our packages as everyone else does.</summary>
/// <remarks>
/// NuGet finds our packages beside this machine's sources. What it unpacks stays in this folder, and what the machine already has isn't
/// downloaded again. No settings of the repository reach this folder.
/// </remarks>
public sealed class PackageUser : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackageUser(Packages packages)
    {
        var settings = new XElement(
            "configuration",
            new XElement("packageSources", new XElement("add", new XAttribute("key", "accounts-tests"), new XAttribute("value", packages.FeedPath))),
            new XElement(
                "fallbackPackageFolders",
                new XElement("add", new XAttribute("key", "machine"), new XAttribute("value", Packages.MachinePackages))));
        Write("nuget.config", settings.ToString());
    }

    public string Path => _folder.Path;

    /// <summary>The folder in which NuGet unpacks the packages that the machine doesn't have.</summary>
    public string UnpackedPath => _folder.File("unpacked");

    /// <summary>Writes a file.</summary>
    /// <param name="file">Its path in this folder.</param>
    /// <param name="content">Its whole content.</param>
    public void Write(string file, string content)
    {
        var path = _folder.File(file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>Copies a folder of the repository, with everything in it but build output.</summary>
    /// <param name="source">Its path in the repository, for example <c>samples/Minimal</c>.</param>
    /// <param name="target">Its path in this folder.</param>
    public void Copy(string source, string target)
    {
        foreach (var file in Repository.Files("*", System.IO.Path.Combine(Repository.Root, source)))
        {
            var copy = _folder.File(System.IO.Path.Combine(target, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(System.IO.Path.Combine(Repository.Root, source, file), copy);
        }
    }

    /// <summary>The environment variables with which <c>dotnet</c> keeps to this folder.</summary>
    public (string Name, string Value)[] Variables => [("NUGET_PACKAGES", UnpackedPath), ("UseSharedCompilation", "false")];

    /// <summary>Runs a command of <c>dotnet</c> in this folder. It fails the test if the command fails.</summary>
    /// <returns>What the command printed.</returns>
    public Task<string> DotnetAsync(params string[] arguments) => DotnetInAsync("", arguments);

    /// <summary>The same in a folder of this folder.</summary>
    public async Task<string> DotnetInAsync(string folder, params string[] arguments)
    {
        var (exitCode, output) = await Command.RunAsync("dotnet", _folder.File(folder), Variables, arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    public void Dispose() => _folder.Dispose();
}
