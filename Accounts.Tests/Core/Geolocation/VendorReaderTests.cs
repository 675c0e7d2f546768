using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>Compares our reader with the vendor's from npm: same files, same addresses, same answers.</summary>
public sealed partial class VendorReaderTests : IDisposable
{
    private static readonly string Tool = typeof(VendorReaderTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key is "PlacesTool").Value!;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Both_readers_agree_on_the_bundled_database()
    {
        var file = _folder.File("bundled.bin");
        await File.WriteAllBytesAsync(file, BundledDatabase.Unpack());
        await CompareAsync(file);
    }

    [Fact]
    public async Task Both_readers_agree_on_every_database_type()
    {
        var samples = _folder.File("samples");
        var (exitCode, output) = await Command.RunAsync("dotnet", Repository.Root, Tool, "samples", samples);
        Assert.True(exitCode == 0, output);
        var files = Directory.GetFiles(samples);
        Assert.Equal(Ip2LocationColumns.LastType, files.Length);
        await CompareAsync(files);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task CompareAsync(params string[] files)
    {
        var reader = Path.Combine(Repository.Root, "node_modules/ip2location-nodejs");
        if (Engine.Find("node") is not { } node || !Directory.Exists(reader))
        {
            Engine.Missing("The vendor's reader is not here.", "Install Node and run: npm ci.");
            return;
        }

        var (exitCode, output) = await Command.RunAsync(node, Repository.Root, ["tools/Places/compare.mjs", "--few", Tool, .. files]);
        Assert.True(exitCode == 0, output);
        // Each comparison covers thousands of addresses, many of them known.
        var counts = Counts().Matches(output);
        Assert.Equal(files.Length, counts.Count);
        Assert.All(counts, count => Assert.True(int.Parse(count.Groups["placed"].Value, CultureInfo.InvariantCulture) > 1_000, count.Value));
    }

    [GeneratedRegex(@"(?<alike>\d+) of \k<alike> addresses alike, (?<placed>\d+) of them", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Counts();
}
