using System.Diagnostics;
using System.Text.RegularExpressions;
using Accounts.Stage;

namespace Accounts.Benchmarks.FirstLoad;

/// <summary>A published program on a free port, with a new database. What it serves is what people get: compressed, and named by its content.</summary>
internal sealed partial class PublishedProgram : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public PublishedProgram(string program)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { program, "--urls", "http://127.0.0.1:0", "--Storage:Path", _folder.Database, "--environment", "Production" })
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The program could not be started.");
    }

    /// <summary>The program in a folder; null, with a word on the error output, if nothing was published there.</summary>
    public static string? Find(string folder)
    {
        var program = Path.Combine(folder, "Accounts.Web.dll");
        if (File.Exists(program))
            return program;
        Console.Error.WriteLine($"There is no {program}. First: dotnet publish Accounts.Web -c Release -o {folder}");
        return null;
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>Where, by the name that browsers trust with secure cookies over plain http.</returns>
    public async Task<Uri> ListeningAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Address().Match(line) is { Success: true } match)
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                return new UriBuilder(match.Value) { Host = "localhost" }.Uri;
            }
        }

        throw new InvalidOperationException("The program ended before it listened.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    [GeneratedRegex("http://127[.]0[.]0[.]1:[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
