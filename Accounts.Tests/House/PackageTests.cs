using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>What the packages hold and say, and what a program gets that uses them.</summary>
public sealed class PackageTests(Packages packages) : IClassFixture<Packages>
{
    // SourceLink's mark in a symbol file: https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private static readonly string[] Notices = ["common-passwords.notice.txt", "dbip-country.notice.txt"];

    public static TheoryData<string> Ids => [.. Packages.Ids];

    /// <summary>What a package uses, besides what ASP.NET Core brings.</summary>
    private static string[] Dependencies(string id) => id switch
    {
        "Accounts.AspNetCore" => ["Accounts.Core", "FluentValidation"],
        "Accounts.Core" =>
        [
            "FluentValidation",
            "MaxMind.Db",
            "Microsoft.AspNetCore.Identity.EntityFrameworkCore",
            "Microsoft.EntityFrameworkCore.Sqlite",
            "Npgsql.EntityFrameworkCore.PostgreSQL",
            "Otp.NET",
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(id), id, "The package has no list of dependencies here."),
    };

    private static string[] OwnFiles(string id) => id switch
    {
        "Accounts.Core" =>
        [
            "buildTransitive/Accounts.Core.targets",
            .. Notices.Select(notice => $"notices/{notice}"),
        ],
        _ => [],
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_holds_these_files_and_no_others(string id)
    {
        using var package = packages.Open(id);
        string[] expected = [$"{id}.nuspec", "README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", .. OwnFiles(id)];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Content(package), StringComparer.Ordinal);

        using var symbols = packages.OpenSymbols(id);
        Assert.Equal([$"{id}.nuspec", $"lib/net10.0/{id}.pdb"], Content(symbols), StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_says_what_it_is_and_where_it_comes_from(string id)
    {
        using var package = packages.Open(id);
        var about = About(package, id);
        Assert.Equal(id, Value(about, "id"));
        Assert.Equal(Packages.Version, Value(about, "version"));
        Assert.Equal("The Accounts authors", Value(about, "authors"));
        Assert.Equal("MIT", Value(about, "license"));
        Assert.Equal("expression", (string?)Only(about, "license").Attribute("type"));
        Assert.Equal("README.md", Value(about, "readme"));
        Assert.Equal("icon.png", Value(about, "icon"));
        Assert.Contains("CHANGELOG.md", Value(about, "releaseNotes"), StringComparison.Ordinal);
        Assert.Contains(Packages.VersionPrefix, Value(about, "releaseNotes"), StringComparison.Ordinal);
        Assert.InRange(Value(about, "description").Length, 50, 300);
        Assert.Contains("sessions", Value(about, "tags").Split(' '), StringComparer.Ordinal);
        Assert.Equal(Packages.RepositoryUrl, ((string?)Only(about, "repository").Attribute("url"))!.Replace(".git", "", StringComparison.Ordinal));
        Assert.Equal(Packages.Commit, (string?)Only(about, "repository").Attribute("commit"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_depends_on_what_it_needs_at_run_time(string id)
    {
        var central = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(one => (string)one.Attribute("Include")!, one => (string)one.Attribute("Version")!, StringComparer.Ordinal);
        using var package = packages.Open(id);
        var about = About(package, id);
        var dependencies = about.Descendants().Where(element => element.Name.LocalName is "dependency").ToList();
        Assert.Equal(
            Dependencies(id).Select(one => (one, central.GetValueOrDefault(one, Packages.Version))),
            dependencies.Select(one => ((string)one.Attribute("id")!, (string)one.Attribute("version")!)).Order());
        Assert.Equal("Microsoft.AspNetCore.App", (string?)Only(about, "frameworkReference").Attribute("name"));
        // No public member shows them.
        Assert.All(
            dependencies.Where(one => (string?)one.Attribute("id") is "FluentValidation" or "MaxMind.Db"),
            one => Assert.Contains("Compile", ((string?)one.Attribute("exclude") ?? "").Split(','), StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_brings_its_README_and_its_comments(string id)
    {
        using var package = packages.Open(id);
        Assert.Equal(Repository.Read($"{id}/README.md"), Text(package, "README.md"));
        // nuget.org resolves no link that is relative to the repository.
        Assert.DoesNotContain("](", Text(package, "README.md").Replace("](https://", "", StringComparison.Ordinal), StringComparison.Ordinal);

        var comments = XDocument.Parse(Text(package, $"lib/net10.0/{id}.xml"));
        Assert.Equal(id, comments.Descendants("assembly").Single().Value);
        Assert.True(comments.Descendants("member").Count() > 20);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_symbols_belong_to_the_assembly_and_lead_to_the_sources(string id)
    {
        using var package = packages.Open(id);
        using var symbols = packages.OpenSymbols(id);
        using var assembly = new PEReader(new MemoryStream(Bytes(package, $"lib/net10.0/{id}.dll")));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(Bytes(symbols, $"lib/net10.0/{id}.pdb")));
        var reader = provider.GetMetadataReader();

        var entries = assembly.ReadDebugDirectory();
        var code = assembly.ReadCodeViewDebugDirectoryData(entries.Single(entry => entry.Type == DebugDirectoryEntryType.CodeView));
        Assert.Equal(code.Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);

        // The same sources make the same assembly anywhere.
        Assert.Contains(entries, entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        var sources = reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)).ToList();
        Assert.NotEmpty(sources);
        Assert.Equal("", string.Join('\n', sources.Where(source => !source.StartsWith("/_/", StringComparison.Ordinal))));
        Assert.DoesNotContain(Path.GetTempPath(), code.Path, StringComparison.Ordinal);

        var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(one => reader.GetGuid(one.Kind) == SourceLink);
        var where = Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value));
        Assert.Contains($"https://raw.githubusercontent.com/example/accounts/{Packages.Commit}/*", where, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundled_data_comes_with_a_notice_of_its_licence()
    {
        var files = Repository.Files("*").Where(file => Packages.Ids.Any(id => file.StartsWith(id + '/', StringComparison.Ordinal))).ToList();
        var data = files.Where(file => file.EndsWith(".br", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, data.Count);
        foreach (var file in data)
        {
            var notice = Path.GetFileName(file).Split('.')[0] + ".notice.txt";
            var source = Assert.Single(files, one => string.Equals(Path.GetFileName(one), notice, StringComparison.Ordinal));
            using var package = packages.Open(file.Split('/')[0]);
            Assert.Equal(Repository.Read(source), Text(package, $"notices/{notice}"));
        }
    }

    [Fact]
    public async Task The_program_of_a_packages_README_runs_with_the_notices_beside_it()
    {
        using var user = new PackageUser(packages);
        await PublishWithNoticesAsync(user, "Microsoft.NET.Sdk", "Accounts.Core");

        Assert.False(File.Exists(Path.Combine(user.Path, "accounts.db")));
        await user.DotnetAsync(Path.Combine("out", "Accounts.Core", "Program.dll"));
        Assert.True(File.Exists(Path.Combine(user.Path, "accounts.db")));
    }

    [Fact]
    public async Task The_notices_reach_a_program_through_another_package()
    {
        using var user = new PackageUser(packages);
        await PublishWithNoticesAsync(user, "Microsoft.NET.Sdk.Web", "Accounts.AspNetCore");

        // Ours are unpacked in the user's own folder. The machine's packages are used where they are.
        Assert.All(Packages.Ids, id => Assert.True(Directory.Exists(Path.Combine(user.UnpackedPath, id.ToLowerInvariant(), Packages.Version))));
        Assert.All(
            Packages.Ids, id => Assert.False(Directory.Exists(Path.Combine(Packages.MachinePackages, id.ToLowerInvariant(), Packages.Version))));
        Assert.False(Directory.Exists(Path.Combine(user.UnpackedPath, "npgsql")));
    }

    [Fact]
    public void Nothing_else_is_a_package()
    {
        Assert.Equal("false", XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("IsPackable").Single().Value);
        var projects = Repository.Files("*.csproj")
            .ToDictionary(file => file, file => XDocument.Parse(Repository.Read(file)), StringComparer.Ordinal);
        var imports = projects
            .Where(one => one.Value.Descendants("Import")
                .Any(import => ((string)import.Attribute("Project")!).EndsWith("Package.props", StringComparison.Ordinal)))
            .Select(one => one.Key)
            .Order(StringComparer.Ordinal);
        Assert.Equal(Packages.Ids.Select(id => $"{id}/{id}.csproj"), imports, StringComparer.Ordinal);
        Assert.All(projects, one => Assert.Empty(one.Value.Descendants("IsPackable")));
    }

    [Fact]
    public void The_change_log_names_the_version()
    {
        var headings = Repository.Read("CHANGELOG.md").Split('\n').Where(line => line.StartsWith("## [", StringComparison.Ordinal));
        Assert.Contains(headings, heading => heading.StartsWith($"## [{Packages.VersionPrefix}]", StringComparison.Ordinal));
    }

    /// <summary>Writes the program of a package's README into a folder of its own.</summary>
    private static void WriteProgram(PackageUser user, string sdk, string id)
    {
        const string Fence = "```csharp\n";
        var readme = Repository.Read($"{id}/README.md");
        var begin = readme.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        user.Write($"{id}/Program.cs", readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)]);
        user.Write($"{id}/Program.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{id}" Version="{Packages.Version}" />
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Publishes the program of a package's README. Its output and the published folder both have the notices.</summary>
    private static async Task PublishWithNoticesAsync(PackageUser user, string sdk, string id)
    {
        WriteProgram(user, sdk, id);
        await user.DotnetAsync("publish", id, "-o", Path.Combine("out", id));
        foreach (var folder in (string[])[Path.Combine(id, "bin", "Release", "net10.0"), Path.Combine("out", id)])
            Assert.All(Notices, notice => Assert.True(File.Exists(Path.Combine(user.Path, folder, notice)), $"{folder} has no {notice}."));
    }

    /// <summary>The files of a package, without those of the format itself.</summary>
    private static IEnumerable<string> Content(ZipArchive package) => package.Entries
        .Select(entry => entry.FullName)
        .Where(name => name is not "[Content_Types].xml"
            && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static XElement About(ZipArchive package, string id) => XDocument.Parse(Text(package, $"{id}.nuspec")).Root!;

    private static XElement Only(XElement about, string name) =>
        about.Descendants().Single(element => string.Equals(element.Name.LocalName, name, StringComparison.Ordinal));

    private static string Value(XElement about, string name) => Only(about, name).Value;

    private static string Text(ZipArchive package, string file)
    {
        using var reader = new StreamReader(package.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    private static byte[] Bytes(ZipArchive package, string file)
    {
        using var stream = package.GetEntry(file)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
