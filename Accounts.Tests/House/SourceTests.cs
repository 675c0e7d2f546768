using System.Xml.Linq;

namespace Accounts.Tests.House;

/// <summary>What the source itself must keep.</summary>
public sealed class SourceTests
{
    private static readonly string[] Nowhere = ["Helpers", "Utils", "Managers", "Common", "Shared", "Models", "Extensions", "Infrastructure"];

    [Fact]
    public void No_folder_is_named_after_nothing()
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
    public void The_clock_of_the_machine_is_banned_everywhere(string symbol)
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
    public void The_web_goes_through_the_core(string symbol)
    {
        Assert.Contains(Repository.Read("Accounts.Web/BannedSymbols.Web.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
        Assert.Contains("BannedSymbols.Web.txt", Includes(XDocument.Parse(Repository.Read("Accounts.Web/Accounts.Web.csproj")), "AdditionalFiles"), StringComparer.Ordinal);
    }

    [Fact]
    public void A_banned_symbol_stops_the_build()
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
    public void Libraries_bring_their_texts_in_the_languages_of_the_interface()
    {
        // A culture that is not listed falls back to English without a word.
        string[] languages = ["en", "fr", "de", "id", "it", "ja", "ko", "pt", "ru", "zh-Hans", "zh-Hant", "es"];
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Equal(languages, props.Descendants("SatelliteResourceLanguages").Single().Value.Split(';'));
    }

    // In two halves, so that this file does not hold it.
    private static string Banned => "RS" + "0030";

    private static IEnumerable<string> Includes(XDocument project, string item) => project.Descendants(item).Select(e => (string?)e.Attribute("Include") ?? "");
}
