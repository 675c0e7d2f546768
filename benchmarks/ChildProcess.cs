using System.Diagnostics;

namespace Accounts.Benchmarks;

/// <summary>
/// Runs this program again in another process, so that its work isn't measured here. It reads lines and answers with lines until its input ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    /// <param name="arguments">Its command-line arguments.</param>
    public ChildProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(ChildProcess).Assembly.Location, .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
    }

    public async Task WriteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads its next line.</summary>
    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The child process ended.");

    /// <summary>Closes its input and returns its remaining lines.</summary>
    public async Task<string[]> FinishAsync()
    {
        _process.StandardInput.Close();
        return (await _process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
