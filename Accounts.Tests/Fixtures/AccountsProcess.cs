using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Accounts.Tests.Fixtures;

/// <summary>Runs the application as its own process: a test can kill it, restart it on the same database, and see it refuse to start.</summary>
public sealed class AccountsProcess : IAsyncDisposable
{
    // Below the ephemeral ports: the system gives none of these away before the start, or while a test has its server stopped.
    private static int _lastPort = Random.Shared.Next(20_000, 30_000);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly string _ready;

    private AccountsProcess(Process process, string ready)
    {
        _process = process;
        _ready = ready;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The application ended:\n" + Output));
    }

    /// <summary>Everything the process has printed, on both streams.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts the process. Settings are passed as environment variables: <c>Storage:Path</c> becomes <c>Storage__Path</c>.</summary>
    /// <param name="folder">The working directory. A copy of the application reads its own files from there.</param>
    /// <param name="settings">The name and value of each setting.</param>
    public static AccountsProcess Run(string? folder, params (string Name, string Value)[] settings) => Run(folder, null, settings);

    /// <summary>Starts an application of somebody else's, as a start of ours. It must log what it listens on.</summary>
    /// <param name="program">The path of its assembly.</param>
    /// <param name="settings">The name and value of each setting.</param>
    public static AccountsProcess RunOther(string program, params (string Name, string Value)[] settings) =>
        Run(program, Path.GetDirectoryName(program)!, null, "Now listening on: ", settings);

    /// <summary>Starts a project of somebody else's with <c>dotnet run</c>. It must log what it listens on.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="settings">The name and value of each setting.</param>
    public static AccountsProcess RunProject(string folder, params (string Name, string Value)[] settings) =>
        Run("run", folder, null, "Now listening on: ", settings);

    /// <summary>Runs one of the program's commands, with settings as for a start. Blanks separate its arguments.</summary>
    public static AccountsProcess RunCommand(string command, params (string Name, string Value)[] settings) => Run(null, command, settings);

    private static AccountsProcess Run(string? folder, string? command, (string Name, string Value)[] settings) =>
        Run(
            Path.Combine(folder ?? AppContext.BaseDirectory, "Accounts.Web.dll"),
            Path.GetTempPath(),
            command,
            "Accounts is running. Open ",
            settings);

    private static AccountsProcess Run(string program, string folder, string? command, string ready, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in command?.Split(' ') ?? [])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Urls"] = $"http://localhost:{FreePort()}";
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var application = new AccountsProcess(process, ready);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return application;
    }

    /// <summary>Returns the address it listens on, once it does.</summary>
    public async Task<Uri> ListeningAsync()
    {
        try
        {
            return await _listening.Task.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException("The application does not listen:\n" + Output, late);
        }
    }

    /// <summary>Returns its exit code, once it has ended by itself.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
            return _process.ExitCode;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException("The application does not end:\n" + Output, late);
        }
    }

    /// <summary>Kills it like a power cut: its code doesn't run again.</summary>
    public async Task KillAsync()
    {
        // dotnet run starts the application as a process of its own.
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        Evidence.Leave("What the application printed", Output);
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line.TrimStart().StartsWith(_ready, StringComparison.Ordinal))
            _listening.TrySetResult(new Uri(line.TrimStart()[_ready.Length..].Split(' ')[0]));
    }

    /// <summary>Returns a port that nobody listens on.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The port is taken.
            }
        }
    }
}
