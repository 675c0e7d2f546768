using System.CommandLine;
using Accounts.Core.Settings;
using Accounts.Core.Storage;

namespace Accounts.Web.Operators;

/// <summary>The program's arguments: a command of the operator's, if there is one, and settings.</summary>
/// <remarks>
/// Settings stand anywhere, for a command as for a start. They have the forms that .NET's configuration reads: <c>--Storage:Path=…</c>,
/// <c>--urls …</c>, <c>/urls …</c> and <c>urls=…</c>. So they are taken out before the command is parsed.
/// </remarks>
internal sealed class CommandLine
{
    private static readonly string[] Asking = ["--help", "-h", "-?", "/h", "/?"];

    private readonly List<string> _words = [];
    private readonly List<string> _settings = [];

    private CommandLine()
    {
    }

    /// <summary>Whether there is something to do instead of a start.</summary>
    public bool HasCommand => _words.Count > 0;

    public static CommandLine Read(string[] args)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            var isSwitch = arg is ['-' or '/', ..];
            var isWhole = arg.Contains('=', StringComparison.Ordinal);
            if (Asking.Contains(arg, StringComparer.Ordinal) || !(isSwitch || isWhole))
            {
                line._words.Add(arg);
                continue;
            }

            line._settings.Add(arg);
            // The value is the next argument. The configuration ignores a single hyphen.
            if (arg is ['-', '-', ..] or ['/', ..] && !isWhole && i + 1 < args.Length)
                line._settings.Add(args[++i]);
        }

        return line;
    }

    /// <summary>Runs the command. Returns the program's exit code.</summary>
    /// <exception cref="StartupException">There is no such command, or it can't run. The message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">Ctrl+C ended it before it changed anything.</exception>
    public async Task<int> RunAsync()
    {
        var root = Describe(new Installation([.. _settings]));
        var words = _words is ["help", .. var about] ? [.. about, "--help"] : _words;
        if (words[0] is not ['-' or '/', ..] && root.Subcommands.All(command => !string.Equals(command.Name, words[0], StringComparison.Ordinal)))
        {
            var names = string.Join(", ", root.Subcommands.Select(command => command.Name));
            throw new StartupException($"There is no command {words[0]}. Use {names} or help, or none to start the program.");
        }

        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };
        // The parser would end an interrupted command without waiting for its database, and print failures with a stack trace.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await root.Parse(words).InvokeAsync(configuration, interrupted.Token);
        }
        catch (DatabaseUnavailableException failure)
        {
            await Console.Error.WriteLineAsync($"{failure.Message} ({failure.GetBaseException().Message})");
            return 1;
        }
    }

    private static ExplainedCommand Describe(Installation installation) => new("accounts", "Runs Accounts, or a command on its database.", """
        Without a command, the program starts. Settings may follow each command, as for a start:
          accounts check --Storage:Path=accounts.db
        """)
    {
        CheckCommand.Describe(installation),
        RoleCommands.DescribeGrant(installation),
        RoleCommands.DescribeRevoke(installation),
        CopyCommand.Describe(installation),
        ExplainedCommand.NewHelp(),
    };
}
