using System.Diagnostics;

namespace Accounts.Tests.Fixtures;

/// <summary>Runs another program to its end.</summary>
internal static class Command
{
    /// <param name="program">Its path, or a name to find on the path.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="arguments">Passed one by one, without a shell.</param>
    /// <returns>Its exit code and its output, both streams.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(string program, string folder, params string[] arguments) =>
        RunAsync(program, folder, [], arguments);

    /// <inheritdoc cref="RunAsync(string, string, string[])"/>
    /// <param name="environment">The environment variables that differ from this process's.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A build that a test starts leaves no process running.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(5 * Patience.Limit);
        }
        catch (TimeoutException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end:\n{await output}{await errors}", late);
        }

        return (process.ExitCode, await output + await errors);
    }
}
