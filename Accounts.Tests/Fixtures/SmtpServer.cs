using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Accounts.Tests.Fixtures;

/// <summary>A step of an SMTP conversation, at which a server can refuse.</summary>
public enum SmtpStep
{
    /// <summary>The client connects, and waits for the greeting.</summary>
    Connect,

    /// <summary>MAIL FROM.</summary>
    Sender,

    /// <summary>RCPT TO.</summary>
    Recipient,

    /// <summary>The end of DATA.</summary>
    Content,
}

/// <summary>How a server protects its connections, and whom it takes emails from.</summary>
/// <param name="Security">One of the values of <c>Mail:Security</c>.</param>
/// <param name="UserName">Who must sign in; empty if nobody must.</param>
/// <param name="Password">That user's password.</param>
/// <param name="Utf8">Whether it takes addresses that aren't ASCII.</param>
/// <param name="Certificate">Its certificate, with the key; null for one that nobody trusts.</param>
public sealed record SmtpSetup(
    string Security = "None", string UserName = "", string Password = "", bool Utf8 = true, X509Certificate2? Certificate = null);

/// <summary>Runs a real mail server on this machine. It takes every email, unless a test says otherwise.</summary>
/// <remarks>It is a process of Node. A test can stop it, and start it again on the same port. What it received stays here.</remarks>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedMail> _received = [];
    private readonly List<ReceivedMail> _unread = [];
    private readonly List<string> _refused = [];
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly string _node;
    private readonly SmtpSetup _setup;
    private TaskCompletionSource _changed = NewSignal();
    private Process? _process;
    private bool _isListening;
    private int _connections;
    private int _obeyed;
    private int _asked;

    private SmtpServer(string node, SmtpSetup setup) => (_node, _setup, Port) = (node, setup, AccountsProcess.FreePort());

    public int Port { get; }

    /// <summary>The settings of an application that sends its emails here, in this process or in its own.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Mail:Host", "127.0.0.1"),
        ("Mail:Port", Port.ToString()),
        ("Mail:Security", _setup.Security),
        ("Mail:UserName", _setup.UserName),
        ("Mail:Password", _setup.Password),
        ("Mail:From", "Accounts <no-reply@example.test>"),
        ("Mail:BaseAddress", "https://accounts.example.test"),
    ];

    /// <summary>Starts a server. Without Node, the test is skipped or fails.</summary>
    public static async Task<SmtpServer> StartAsync(SmtpSetup? setup = null)
    {
        var node = Engine.Find("node");
        if (node is null || !Directory.Exists(Path.Combine(Repository.Root, "node_modules/smtp-server")))
            Engine.Missing("The mail server for tests is not here.", "Install Node and run: npm ci.");

        var server = new SmtpServer(node, setup ?? new SmtpSetup());
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Stops it like a power cut: open connections break, and nobody listens on the port.</summary>
    public async Task StopAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The mail server isn't running.");
        _process = null;
        lock (_lock)
            _isListening = false;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts it after a stop, on the same port. It takes every email again.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(_node)
        {
            UseShellExecute = false,
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("Accounts.Tests/Fixtures/smtp-server.mjs");
        start.ArgumentList.Add(JsonSerializer.Serialize(new
        {
            port = Port,
            security = _setup.Security,
            userName = _setup.UserName,
            password = _setup.Password,
            utf8 = _setup.Utf8,
            certificate = _setup.Certificate?.ExportCertificatePem(),
            key = _setup.Certificate?.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem(),
        }));
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitAsync(() => _isListening, "it listens");
    }

    /// <summary>Answers a step with a refusal from now on.</summary>
    /// <param name="step">The step.</param>
    /// <param name="code">The reply's code: 550 for good, 451 for now.</param>
    /// <param name="text">The reply's text.</param>
    /// <param name="to">The only recipient whose emails it refuses so; null for all.</param>
    public Task AnswerAsync(SmtpStep step, int code, string text, string? to = null) =>
        CommandAsync(new { does = "Answer", step = step.ToString(), code, text, to });

    /// <summary>Cuts the connection at a step from now on.</summary>
    public Task DropAsync(SmtpStep step, string? to = null) => CommandAsync(new { does = "Drop", step = step.ToString(), to });

    /// <summary>Stays silent at a step from now on, with the connection open.</summary>
    public Task StaySilentAsync(SmtpStep step, string? to = null) => CommandAsync(new { does = "StaySilent", step = step.ToString(), to });

    /// <summary>Takes every email again.</summary>
    public Task AcceptAsync() => CommandAsync(new { does = "Accept" });

    /// <summary>Returns the next email to an address, once it is here. Each email is returned once.</summary>
    public async Task<ReceivedMail> NextAsync(string to)
    {
        ReceivedMail? next = null;
        await WaitAsync(() => (next = _unread.Find(mail => IsSame(mail.To, to))) is not null && _unread.Remove(next), $"an email to {to}");
        return next!;
    }

    /// <summary>Waits until it has refused an email to an address: with an answer, with silence, or by a cut. Each refusal counts once.</summary>
    public Task RefusedAsync(string to) => WaitAsync(
        () => _refused.FindIndex(one => IsSame(one, to)) is >= 0 and var index && RemoveAt(index), $"it refuses an email to {to}");

    /// <summary>All emails that it has received so far.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> ReceivedAsync()
    {
        await CommandAsync(new { does = "Tell" });
        lock (_lock)
            return [.. _received];
    }

    /// <summary>How many connections it has had so far.</summary>
    public async Task<int> ConnectionsAsync()
    {
        await CommandAsync(new { does = "Tell" });
        lock (_lock)
            return _connections;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await StopAsync();
        Evidence.Leave("What the mail server says", string.Join('\n', _errors));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private void Note(string? error)
    {
        if (error is not null)
            _errors.Enqueue(error);
    }

    private bool RemoveAt(int index)
    {
        _refused.RemoveAt(index);
        return true;
    }

    // What it said before its answer has arrived by then: it writes one line after the other.
    private async Task CommandAsync(object command)
    {
        var process = _process ?? throw new InvalidOperationException("The mail server isn't running.");
        int number;
        lock (_lock)
            number = ++_asked;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await process.StandardInput.FlushAsync();
        await WaitAsync(() => _obeyed >= number, "it obeys");
    }

    private async Task WaitAsync(Func<bool> condition, string what)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition())
                    return;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(Patience.Limit);
            }
            catch (TimeoutException late)
            {
                throw new TimeoutException($"The mail server: still waiting until {what}. {string.Join('\n', _errors)}", late);
            }
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        using var said = JsonDocument.Parse(line);
        var fact = said.RootElement;
        lock (_lock)
        {
            switch (Text("event"))
            {
                case "listening":
                    _isListening = true;
                    break;
                case "connected":
                    _connections++;
                    break;
                case "obeyed":
                    _obeyed++;
                    break;
                case "refused":
                    _refused.Add(Text("to"));
                    break;
                case "received":
                    var mail = new ReceivedMail(Text("from"), Text("to"), fact.GetProperty("raw").GetBytesFromBase64());
                    _received.Add(mail);
                    _unread.Add(mail);
                    break;
            }

            var changed = _changed;
            _changed = NewSignal();
            changed.TrySetResult();
        }

        string Text(string name) => fact.GetProperty(name).GetString()!;
    }
}
