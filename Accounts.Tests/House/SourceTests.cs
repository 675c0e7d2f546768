using System.Xml.Linq;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>Rules for the source code.</summary>
public sealed class SourceTests
{
    private static readonly string[] Nowhere = ["Helpers", "Utils", "Managers", "Common", "Shared", "Models", "Extensions", "Infrastructure"];

    [Fact]
    public void No_folder_has_a_meaningless_name()
    {
        var folders = Repository.Files("*").SelectMany(path => path.Split('/')[..^1]).Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains("Sessions", folders, StringComparer.Ordinal);
        Assert.Empty(folders.Intersect(Nowhere, StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTime.Today")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    public void The_system_clock_is_banned_everywhere(string symbol)
    {
        Assert.Contains(Repository.Read("BannedSymbols.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Contains("$(MSBuildThisFileDirectory)BannedSymbols.txt", Includes(props, "AdditionalFiles"), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("T:Microsoft.EntityFrameworkCore.DbContext")]
    [InlineData("T:Microsoft.EntityFrameworkCore.IDbContextFactory`1")]
    [InlineData("T:Microsoft.AspNetCore.Identity.UserManager`1")]
    [InlineData("T:Microsoft.AspNetCore.Identity.SignInManager`1")]
    public void The_web_uses_the_database_only_through_the_core(string symbol)
    {
        const string File = "BannedSymbols.Applications.txt";
        Assert.Contains(Repository.Read(File).Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
        string[] projects = ["Accounts.AspNetCore/Accounts.AspNetCore.csproj", "Accounts.Web/Accounts.Web.csproj"];
        Assert.All(projects, project => Assert.Contains(
            $"..\\{File}", Includes(XDocument.Parse(Repository.Read(project)), "AdditionalFiles"), StringComparer.Ordinal));
    }

    [Fact]
    public void A_banned_symbol_fails_the_build()
    {
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", Includes(props, "PackageReference"), StringComparer.Ordinal);
        Assert.Equal("true", props.Descendants("TreatWarningsAsErrors").Single().Value);
        var settings = Repository.Files("*.csproj").Concat(Repository.Files("*.props")).Append(".editorconfig");
        Assert.All(settings, file => Assert.DoesNotContain(Banned, Repository.Read(file), StringComparison.Ordinal));
        var sources = Repository.Files("*.cs").Where(file => file.StartsWith("Accounts.", StringComparison.Ordinal)).ToList();
        Assert.True(sources.Count > 50);
        Assert.All(sources, file => Assert.DoesNotContain(Banned, Repository.Read(file), StringComparison.Ordinal));
    }

    [Fact]
    public void Libraries_ship_their_texts_in_the_interface_languages()
    {
        // A culture that is missing here silently falls back to English.
        string[] languages = ["en", "fr", "de", "id", "it", "ja", "ko", "pt", "ru", "zh-Hans", "zh-Hant", "es"];
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Equal(languages, props.Descendants("SatelliteResourceLanguages").Single().Value.Split(';'));
    }

    // Split in two, so that this file doesn't contain the symbol itself.
    private static string Banned => "RS" + "0030";

    private static IEnumerable<string> Includes(XDocument project, string item) =>
        project.Descendants(item).Select(e => (string?)e.Attribute("Include") ?? "");
}
