using System.Diagnostics;
using System.Text.RegularExpressions;
using Accounts.Stage;

namespace Accounts.Benchmarks.FirstLoad;

/// <summary>A published program on a free port, with a new database. It serves files as in production: compressed and named by content.</summary>
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

    /// <summary>The program in a folder; null, with a message on standard error, if the folder has none.</summary>
    public static string? Find(string folder)
    {
        var program = Path.Combine(folder, "Accounts.Web.dll");
        if (File.Exists(program))
            return program;
        Console.Error.WriteLine($"{program} does not exist. Publish it first: dotnet publish Accounts.Web -c Release -o {folder}");
        return null;
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>Its address, with host localhost: browsers accept secure cookies from it over plain http.</returns>
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
