using System.Diagnostics;

namespace Accounts.Benchmarks.Memory;

/// <summary>The other process, seen from here.</summary>
internal sealed class VisitorsProcess : IAsyncDisposable
{
    private readonly Process _process;

    public VisitorsProcess(Uri page)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(VisitorsProcess).Assembly.Location, Visitors.Verb, page.AbsoluteUri })
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The other process did not start.");
    }

    /// <summary>Has a circuit opened for each of the cookies, and returns when all have rendered.</summary>
    public async Task OpenAsync(IReadOnlyCollection<string> cookies)
    {
        foreach (var cookie in cookies)
        {
            await _process.StandardInput.WriteLineAsync(cookie);
            await _process.StandardInput.FlushAsync();
            if (await _process.StandardOutput.ReadLineAsync() is not Visitors.Opened)
                throw new InvalidOperationException("A circuit could not be opened.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
