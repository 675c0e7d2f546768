using System.Diagnostics;

namespace Accounts.Benchmarks;

/// <summary>
/// This program once more, as another process: what it does is not counted here. It gets lines and answers with lines, until its input ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    /// <param name="arguments">What it is to be, as on the command line.</param>
    public ChildProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(ChildProcess).Assembly.Location, .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The other process did not start.");
    }

    public async Task WriteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Its next line.</summary>
    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The other process ended.");

    /// <summary>Ends its input, and gives the lines that it still has to say.</summary>
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
