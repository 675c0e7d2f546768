using System.Diagnostics;
using System.Text.Json;
using Accounts.Benchmarks.FirstLoad;
using Accounts.Stage;

namespace Accounts.Benchmarks.Lighthouse;

/// <summary>
/// Runs Lighthouse on the published program's sign-in page and Session manager, as a phone on a slow network and as a desktop. Lighthouse is a
/// Node program; package.json in this folder has its versions.
/// </summary>
internal static class LighthouseBenchmark
{
    private const int Runs = 5;
    private const int Least = 95;

    /// <param name="folder">The folder of the published application.</param>
    public static async Task<int> RunAsync(string folder)
    {
        if (Chromium.Find() is not { } program)
            return Chromium.PrintMissing();
        if (PublishedProgram.Find(folder) is not { } published)
            return 1;

        var script = Path.Combine("benchmarks", "Lighthouse", "measure.mjs");
        if (!Directory.Exists(Path.Combine("benchmarks", "Lighthouse", "node_modules")))
        {
            await Console.Error.WriteLineAsync(
                "Lighthouse is not installed. Run in the repository's root: npm ci --prefix benchmarks/Lighthouse --ignore-scripts");
            return 1;
        }

        using var application = new PublishedProgram(published);
        var site = await application.ListeningAsync();
        await FirstLoadBenchmark.RegisterAsync(program, site);
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { script, site.AbsoluteUri, Application.Email, Application.Password, program, $"{Runs}" })
            start.ArgumentList.Add(argument);
        using var node = Process.Start(start) ?? throw new InvalidOperationException("Node could not be started.");
        var answer = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        if (node.ExitCode != 0)
            return node.ExitCode;

        Console.WriteLine($"performance, accessibility, best practices: medians of {Runs}");
        var worst = 100;
        foreach (var one in JsonSerializer.Deserialize<List<Result>>(answer, JsonSerializerOptions.Web)!)
        {
            Console.WriteLine($"{one.Path,-20} {one.Form,-8} {string.Join(" / ", one.Scores)}");
            foreach (var remark in one.Remarks)
                Console.WriteLine($"    {remark}");
            worst = Math.Min(worst, one.Scores.Min());
        }

        Console.WriteLine($"target: >= {Least}: {(worst >= Least ? "met" : "MISSED")}");
        return 0;
    }

    private sealed record Result(string Path, string Form, IReadOnlyList<int> Scores, IReadOnlyList<string> Remarks);
}
