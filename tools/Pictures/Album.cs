using System.Runtime.CompilerServices;
using System.Text;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>The folder of the pictures, and its index.</summary>
internal sealed class Album(string folder)
{
    private readonly List<string> _faults = [];

    /// <summary>docs/pictures in the working copy that built this program.</summary>
    public static string Home { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "docs", "pictures"));

    /// <summary>In the <see cref="PseudoLanguage"/>: plain English on a page, and texts without room.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Reaches a state once, and takes its picture in every window.</summary>
    public async Task AddAsync(Scene scene, State state)
    {
        await state.Reach(scene);
        Directory.CreateDirectory(folder);
        foreach (var look in Words.ArePseudo ? Look.All.Where(look => look.Colours == ColorScheme.Light) : state.Looks)
        {
            await scene.Page.SetViewportSizeAsync(look.Width, look.Height);
            await scene.Page.EmulateMediaAsync(new() { ColorScheme = look.Colours, ReducedMotion = ReducedMotion.Reduce });
            await scene.Page.EvaluateAsync("async () => { await document.fonts.ready; scrollTo(0, 0); "
                + "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }");
            if (state.Shows is { } shows)
                await shows(scene).EvaluateAsync("e => { const card = e.matches('[role=article]'); "
                    + "e.scrollIntoView({ block: card ? 'center' : 'start' }); if (!card) scrollBy(0, -24); }");
            if (state.InEach is { } inEach)
                await inEach(scene);
            var picture = await scene.Page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{state.File}-{look.Name}.png"), Png.Shrink(picture));
            if (Words.ArePseudo)
                await CheckAsync(scene.Page, $"{state.File}-{look.Name}");
        }
    }

    private async Task CheckAsync(IPage page, string where)
    {
        foreach (var found in new[]
        {
            await PageCheck.FindPlainAsync(page), await PageCheck.FindOverflowAsync(page), await PageCheck.FindCutAsync(page),
        })
            _faults.AddRange(found.Select(fault => $"{where}: {fault}"));
    }

    /// <summary>Writes the index, page by page.</summary>
    public Task WriteIndexAsync(IEnumerable<State> states)
    {
        var text = new StringBuilder("# Every page in every state\n\nMade by `dotnet run --project tools/Pictures`.\n");
        foreach (var page in states.GroupBy(state => state.Page, StringComparer.Ordinal))
        {
            text.Append("\n## ").Append(char.ToUpperInvariant(page.Key[0])).Append(page.Key.Replace('-', ' '), 1, page.Key.Length - 1)
                .Append("\n| state | ")
                .AppendJoin(" | ", page.SelectMany(state => state.Looks).Distinct().Select(look => look.Name.Replace('-', ' '))).Append(" |\n|")
                .Append(string.Concat(Enumerable.Repeat(" --- |", page.SelectMany(state => state.Looks).Distinct().Count() + 1))).Append('\n');
            foreach (var state in page)
                text.Append("| ").Append(state.Says).Append(" | ")
                    .AppendJoin(" | ", state.Looks.Select(look => Cell($"{state.File}-{look.Name}.png", look))).Append(" |\n");
        }

        return File.WriteAllTextAsync(Path.Combine(folder, "index.md"), text.ToString());
    }

    private string Cell(string file, Look look) =>
        File.Exists(Path.Combine(folder, file)) ? $"<a href=\"{file}\"><img src=\"{file}\" alt=\"\" width=\"{look.Width / 5}\"></a>" : "not there";

    private static string Here([CallerFilePath] string path = "") => path;
}
