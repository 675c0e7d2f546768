using System.Text.RegularExpressions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Walks;

/// <summary>A page of docs/walks that a reader follows by hand: what it says to run, to write and to press.</summary>
/// <remarks>
/// A code block without a language has commands. Every other one stands under a line such as <c>Add `Program.cs`:</c>, which brings a whole file, or
/// <c>Change `Program.cs`:</c>, which brings a difference. Bold words in a numbered list are what the reader presses and sees.
/// </remarks>
internal sealed partial class WalkPage(string path)
{
    private readonly string _text = Repository.Read(path);

    /// <summary>The code blocks, in the page's order.</summary>
    public IEnumerable<WalkStep> Steps => Block().Matches(_text).Select(match => match.Groups["verb"].Value switch
    {
        "Add" => new WalkStep.Add(match.Groups["file"].Value, match.Groups["body"].Value),
        "Change" => new WalkStep.Change(match.Groups["file"].Value, Lines(match)),
        _ when match.Groups["language"].Length is 0 => (WalkStep)new WalkStep.Run(Lines(match)),
        _ => throw new InvalidOperationException($"The page doesn't say what to do with this block:\n{match.Value}"),
    });

    /// <summary>The bold words of the numbered list.</summary>
    public IEnumerable<string> Bold =>
        Item().Matches(_text).SelectMany(item => Strong().Matches(item.Value)).Select(match => match.Groups["word"].Value);

    private static string[] Lines(Match block) => block.Groups["body"].Value.TrimEnd('\n').Split('\n');

    [GeneratedRegex(
        @"^((?<verb>Add|Change) `(?<file>[^`\n]+)`:\n)?```(?<language>\w*)\n(?<body>.*?)^```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline,
        1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\d+\. .*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Item();

    [GeneratedRegex(@"\*\*(?<word>[^*]+)\*\*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Strong();
}

/// <summary>One code block of a walk.</summary>
internal abstract record WalkStep
{
    /// <summary>Commands to run, one a line.</summary>
    public sealed record Run(string[] Commands) : WalkStep;

    /// <summary>A new file.</summary>
    public sealed record Add(string File, string Content) : WalkStep;

    /// <summary>A change of a file: lines that stay, lines with <c>-</c> that go, lines with <c>+</c> that come.</summary>
    public sealed record Change(string File, string[] Lines) : WalkStep
    {
        /// <summary>How many lines the file gains.</summary>
        public int Gained => Lines.Sum(line => line[0] switch { '+' => 1, '-' => -1, _ => 0 });

        /// <summary>Changes a file's text. The lines before the change must be there, once.</summary>
        public string Apply(string text)
        {
            var newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
            var before = string.Join(newline, Lines.Where(line => line[0] is not '+').Select(line => line[1..]));
            var after = string.Join(newline, Lines.Where(line => line[0] is not '-').Select(line => line[1..]));
            Assert.True(text.Split(before).Length is 2, $"{File} doesn't have these lines once:\n{before}\n\n{text}");
            return text.Replace(before, after, StringComparison.Ordinal);
        }
    }
}
