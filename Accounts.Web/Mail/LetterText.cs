using System.Text;

namespace Accounts.Web.Mail;

/// <summary>Writes an email as plain text.</summary>
internal static class LetterText
{
    public static string Write(Letter letter, Envelope envelope)
    {
        List<string?> parts =
        [
            envelope.Greeting,
            letter.Lead,
            // On lines of their own: mail programs then find the whole address.
            envelope.LinkOf(letter) is { } link ? $"{letter.Button!.Value.Text}:\n{link.AbsoluteUri}" : null,
            letter.Code,
            string.Join('\n', letter.Facts.Select(fact => $"{fact.Name}: {fact.Value}")),
            string.Join('\n', letter.Closing),
            envelope.HintOf(letter),
            $"-- \n{envelope.Footer}",
        ];
        return new StringBuilder().AppendJoin("\n\n", parts.OfType<string>()).Append('\n').ToString();
    }
}
