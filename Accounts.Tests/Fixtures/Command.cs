using System.Diagnostics;

namespace Accounts.Tests.Fixtures;

/// <summary>Runs another program to its end.</summary>
internal static class Command
{
    /// <param name="program">Its path, or its name on the path.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Passed on one by one; none is read by a shell.</param>
    /// <returns>Its exit code and what it printed, both streams.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A build that a test starts leaves no process behind.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
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
