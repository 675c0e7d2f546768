using System.Formats.Tar;
using System.IO.Compression;
using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The commands of docs/operations.md that fetch a geolocation file, run as they stand there, with a vendor of our own.</summary>
public sealed class PlaceCommandTests : IDisposable
{
    private const string FirstLine = "cd /var/lib/accounts &&\n";

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("download.maxmind.com", "places.mmdb", "GeoLite2-City")]
    [InlineData("download.db-ip.com", "places.mmdb", "DBIP-City-Lite")]
    [InlineData("www.ip2location.com", "places.bin", "DB3")]
    public async Task The_commands_fetch_a_file_and_renew_it(string vendor, string name, string type)
    {
        var served = _folder.File("served");
        await File.WriteAllBytesAsync(served, Packed(type));
        for (var run = 0; run < 2; run++)
        {
            var (exitCode, output) = await RunAsync(CommandsFor(vendor), served);
            Assert.True(exitCode == 0, output);
            Assert.Equal((type, "Germany"), Found(name));
            // The test brought the other two.
            Assert.Equal($"curl {name} served",
                string.Join(' ', Directory.GetFiles(_folder.File("")).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        }

        // A message instead of a file.
        await File.WriteAllTextAsync(served, "Your key is invalid.");
        Assert.NotEqual(0, (await RunAsync(CommandsFor(vendor), served)).ExitCode);
        Assert.Equal((type, "Germany"), Found(name));
    }

    public void Dispose() => _folder.Dispose();

    private static string CommandsFor(string vendor) => Assert.Single(
        Repository.Read("docs/operations.md").Split("```sh\n")[1..].Select(block => block.Split("\n```")[0]),
        block => block.Contains($"https://{vendor}/", StringComparison.Ordinal));

    private (string Type, string Name) Found(string name)
    {
        var database = new PlaceFile(_folder.File(name)).Read();
        return (database.Type, database.Find(PlaceData.At("5.1.2.3")).Country!);
    }

    /// <summary>Runs the commands in the test's folder. Their curl takes what the test serves.</summary>
    private async Task<(int ExitCode, string Output)> RunAsync(string commands, string served)
    {
        if (OperatingSystem.IsWindows() || Engine.Find("bash") is not { } shell || Engine.Find("unzip") is null)
        {
            Engine.Missing("There is no bash or no unzip.", "Install both.");
            return default;
        }

        var curl = _folder.File("curl");
        await File.WriteAllTextAsync(curl, $$"""
            #!/bin/bash
            while [ "$1" != "-o" ]; do shift; done
            case "$3" in https://*) cp "{{served}}" "$2" ;; *) exit 3 ;; esac
            """);
        File.SetUnixFileMode(curl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.StartsWith(FirstLine, commands, StringComparison.Ordinal);
        var path = $"{_folder.File("")}:{Environment.GetEnvironmentVariable("PATH")}";
        return await Command.RunAsync(shell, _folder.File(""),
            [("PATH", path), ("MAXMIND_ACCOUNT", "1"), ("MAXMIND_KEY", "key"), ("IP2LOCATION_TOKEN", "token")],
            "-c", commands[FirstLine.Length..]);
    }

    /// <summary>The file as its vendor packs it.</summary>
    private static byte[] Packed(string type)
    {
        var packed = new MemoryStream();
        switch (type)
        {
            case "GeoLite2-City":
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                using (var tar = new TarWriter(gzip))
                {
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "GeoLite2-City_20260601/LICENSE.txt"));
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{type}_20260601/{type}.mmdb")
                    {
                        DataStream = new MemoryStream(MaxMindData.Sample(type: type).Write()),
                    });
                }

                break;
            case "DBIP-City-Lite":
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                    gzip.Write(MaxMindData.Sample(type: type).Write());
                break;
            default:
                using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
                {
                    using (var text = new StreamWriter(zip.CreateEntry("LICENSE-CC-BY-SA-4.0.TXT").Open()))
                        text.Write("The licence.");
                    using var entry = zip.CreateEntry("IP2LOCATION-LITE-DB3.IPV6.BIN").Open();
                    entry.Write(PlaceData.Small(type: 3).Write());
                }

                break;
        }

        return packed.ToArray();
    }
}
