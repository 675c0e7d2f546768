using System.Text.RegularExpressions;
using System.Xml.Linq;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Look;

/// <summary>MudBlazor's purged style sheet names its version and components, and pages use no others.</summary>
public sealed partial class MudBlazorSheetTests : IDisposable
{
    private const string Sheet = "Accounts.Web/wwwroot/mudblazor.css";
    private const string Remedy = "Add it to tools/Sheets/purge.mjs and run that.";

    private static readonly string[] Head = Repository.Read(Sheet).Split("*/")[0].Split('\n');

    private readonly TempFolder _folder = new();

    [Fact]
    public void The_sheet_has_the_version_that_the_pages_use()
    {
        var packages = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion");
        var version = packages.Single(package => (string?)package.Attribute("Include") is "MudBlazor").Attribute("Version")!.Value;
        Assert.StartsWith($" * MudBlazor {version} ", Head[1], StringComparison.Ordinal);
        Assert.Contains("MIT license: mudblazor.license.txt", Head[1], StringComparison.Ordinal);
        var license = Repository.Read("Accounts.Web/wwwroot/mudblazor.license.txt");
        Assert.StartsWith("MIT License\n\nCopyright (c) 2021 MudBlazor\n", license, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_component_on_a_page_has_its_styles()
    {
        var styled = Lines().Keys.ToHashSet(StringComparer.Ordinal);
        var used = Pages().SelectMany(file => Component().Matches(Repository.Read(file)).Select(match => match.Groups["name"].Value)).ToList();
        Assert.Contains("MudDialog", used, StringComparer.Ordinal);
        var missing = used.Distinct(StringComparer.Ordinal).Except(styled, StringComparer.Ordinal).ToList();
        Assert.True(missing.Count == 0, $"The styles of {string.Join(", ", missing)} were purged. {Remedy}");
    }

    [Fact]
    public void Every_MudBlazor_class_and_color_on_a_page_has_its_styles()
    {
        var lines = Lines();
        var colors = lines["{color}"].Split(' ');
        var patterns = lines.Where(line => line.Key is not "{color}").SelectMany(line => line.Value.Split(' '))
            .Select(name => new Regex("^" + Regex.Escape(name).Replace("\\*", ".*", StringComparison.Ordinal)
                .Replace("\\{color}", $"({string.Join('|', colors)})", StringComparison.Ordinal) + "$", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .ToList();
        var found = new List<string>();
        foreach (var file in Pages())
        {
            var text = Repository.Read(file);
            found.AddRange(ClassName().Matches(text).Select(match => match.Value)
                .Where(name => !patterns.Exists(pattern => pattern.IsMatch(name))));
            found.AddRange(Color().Matches(text).Select(match => match.Groups["name"].Value.ToLowerInvariant())
                .Except(colors, StringComparer.Ordinal));
        }

        Assert.True(found.Count == 0, $"The styles of {string.Join(", ", found.Distinct(StringComparer.Ordinal))} were purged. {Remedy}");
    }

    [Fact]
    public async Task The_sheet_matches_the_tools_output()
    {
        if (Engine.Find("node") is not { } node)
            Engine.Missing("There is no Node here.", "Install it.");
        else if (!Directory.Exists(Path.Combine(Repository.Root, "node_modules", "purgecss")))
            Engine.Missing("purgecss is missing.", "Run npm ci.");
        else
        {
            var made = _folder.File("mudblazor.css");
            var (exitCode, output) = await Command.RunAsync(node, Repository.Root, "tools/Sheets/purge.mjs", made);
            Assert.True(exitCode == 0, output);
            Assert.Equal(await File.ReadAllTextAsync(made), Repository.Read(Sheet));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Pages() =>
        Repository.Files("*.razor").Where(file => file.StartsWith("Accounts.Web/", StringComparison.Ordinal));

    // The header's lines that say what is kept: a component, and its classes.
    private static Dictionary<string, string> Lines() => Head[4..]
        .Select(line => line[Math.Min(3, line.Length)..].Split(": "))
        .Where(parts => parts.Length is 2)
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    [GeneratedRegex(@"<(?<name>Mud[A-Z]\w*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Component();

    [GeneratedRegex(@"(?<![\w-])mud-[a-z0-9-]+", RegexOptions.None, 1000)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\bColor\.(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Color();
}
