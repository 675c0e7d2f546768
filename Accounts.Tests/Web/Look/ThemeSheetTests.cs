using System.Text.RegularExpressions;
using Accounts.Sheets;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Look;

/// <summary>The theme's static style sheet, and the variables that our own sheets use.</summary>
public sealed partial class ThemeSheetTests
{
    [Fact]
    public async Task The_sheet_matches_the_tools_output() =>
        Assert.Equal(await ThemeSheet.MakeAsync(), Repository.Read(ThemeSheet.Path));

    [Fact]
    public void Every_variable_in_a_sheet_is_defined()
    {
        var sheets = Repository.Files("*.css").Where(file => file.StartsWith("Accounts.Web/", StringComparison.Ordinal)).ToList();
        var defined = sheets.SelectMany(file => Defined().Matches(Repository.Read(file)))
            // Components define these on elements.
            .Concat(Repository.Files("*.razor").SelectMany(file => Defined().Matches(Repository.Read(file))))
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var used = sheets.Where(file => !file.EndsWith("/mudblazor.css", StringComparison.Ordinal))
            .SelectMany(file => Used().Matches(Repository.Read(file)).Select(match => (File: file, Name: match.Groups["name"].Value)))
            .ToList();
        Assert.Contains(used, use => use.Name is "--mud-palette-primary");
        Assert.Equal([], used.Where(use => !defined.Contains(use.Name)));
    }

    [Fact]
    public void No_component_renders_inline_style_sheets()
    {
        // MudThemeProvider and MudSnackbar render style elements, which the content security policy refuses.
        var components = Repository.Files("*.razor").Where(file => file.StartsWith("Accounts.Web/", StringComparison.Ordinal)).ToList();
        Assert.True(components.Count > 20);
        Assert.All(components, file => Assert.DoesNotMatch("MudThemeProvider|MudSnackbar|ISnackbar|<style", Repository.Read(file)));
    }

    [GeneratedRegex(@"(?<![\w-])(?<name>--[a-z][\w-]*)\s*:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Defined();

    [GeneratedRegex(@"var\((?<name>--[\w-]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Used();
}
