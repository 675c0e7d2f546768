using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Accounts.Web.Operators;

/// <summary>A command whose help has more to say than the line in the list of commands.</summary>
/// <param name="name">What an operator types.</param>
/// <param name="description">The line in the list.</param>
/// <param name="notes">What the command's own help says at its end.</param>
internal sealed class ExplainedCommand(string name, string description, string notes) : Command(name, description)
{
    /// <summary>The option that prints help with the notes.</summary>
    public static HelpOption NewHelp()
    {
        var help = new HelpOption();
        help.Action = new Explanation((HelpAction)help.Action!);
        return help;
    }

    private void Explain(TextWriter output) => output.WriteLine(notes);

    private sealed class Explanation(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var exitCode = help.Invoke(parseResult);
            (parseResult.CommandResult.Command as ExplainedCommand)?.Explain(parseResult.InvocationConfiguration.Output);
            return exitCode;
        }
    }
}
