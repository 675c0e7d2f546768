using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using MudBlazor;
using MudBlazor.Services;

namespace Accounts.Sheets;

/// <summary>Writes the theme as a static style sheet. MudThemeProvider would add style elements to every page, which our policy blocks.</summary>
internal static partial class ThemeSheet
{
    /// <summary>The sheet's path in the repository.</summary>
    public const string Path = "Accounts.Web/wwwroot/theme.css";

    private const string Head = """
        /* MudBlazor's variables for both themes, made from Accounts.Web/Look/AccountsTheme.cs. Do not edit: change the theme there
           and run `dotnet run --project tools/Sheets -- theme`. Each color is light-dark(in light, in dark): the system decides, or
           the viewer's choice in data-theme. A name that ends with -rgb is three numbers and no color: its dark value stands below. */

        """;

    public static async Task<string> MakeAsync()
    {
        var light = Declarations(await GenerateAsync(dark: false));
        var dark = Declarations(await GenerateAsync(dark: true));
        var sheet = new StringBuilder(Head);
        var numbers = new List<string>();
        sheet.Append(":root {\n  color-scheme: light dark;\n");
        foreach (var (name, value) in light)
        {
            var other = dark[name];
            var same = string.Equals(value, other, StringComparison.Ordinal);
            if (!same && !name.EndsWith("-rgb", StringComparison.Ordinal))
            {
                sheet.Append(CultureInfo.InvariantCulture, $"  {name}: light-dark({value}, {other});\n");
                continue;
            }

            sheet.Append(CultureInfo.InvariantCulture, $"  {name}: {value};\n");
            if (!same)
                numbers.Add($"{name}: {other};");
        }

        sheet.Append("}\n:root[data-theme=light] { color-scheme: light; }\n:root[data-theme=dark] { color-scheme: dark; }\n");
        sheet.Append("@media (prefers-color-scheme: dark) {\n  :root:not([data-theme=light]) {\n");
        sheet.Append(string.Concat(numbers.Select(number => $"    {number}\n"))).Append("  }\n}\n");
        sheet.Append(":root[data-theme=dark] {\n").Append(string.Concat(numbers.Select(number => $"  {number}\n"))).Append("}\n");
        return sheet.ToString();
    }

    private static OrderedDictionary<string, string> Declarations(string generated)
    {
        var found = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in generated.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            found.Add(line[..colon], Opaque().Replace(line[(colon + 1)..].Trim().TrimEnd(';'), Hex));
        }

        // Without it, fields inherit the page's color-scheme, which follows the viewer's choice.
        found.Remove("--mud-native-html-color-scheme");
        return found;
    }

    private static string Hex(Match color) => "#" + string.Concat(new[] { "red", "green", "blue" }.Select(
        part => int.Parse(color.Groups[part].Value, CultureInfo.InvariantCulture).ToString("x2", CultureInfo.InvariantCulture)));

    // MudBlazor's form of an opaque color.
    [GeneratedRegex(@"^rgba?\((?<red>\d+),(?<green>\d+),(?<blue>\d+)(?:,1)?\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opaque();

    private static async Task<string> GenerateAsync(bool dark)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMudServices();
        services.AddSingleton<IJSRuntime, NoScripts>();
        await using var provider = services.BuildServiceProvider();
        await using var renderer = new HtmlRenderer(provider, NullLoggerFactory.Instance);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(MudThemeProvider.Theme)] = AccountsTheme.Theme,
            [nameof(MudThemeProvider.IsDarkMode)] = dark,
        });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Declared>(parameters)).ToHtmlString());
    }

    /// <summary>Renders MudThemeProvider's variables without the surrounding rule.</summary>
    private sealed class Declared : MudThemeProvider
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            var text = new StringBuilder();
            GenerateTheme(text);
            builder.AddMarkupContent(0, text.ToString());
        }
    }

    private sealed class NoScripts : IJSRuntime
    {
        public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => default;

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args) => default;
    }
}
