using System.Text;

namespace Accounts.Core.Users;

/// <summary>
/// Says of a password that is long enough whether it is easy to guess all the same. Length counts and being uncommon; how it is composed does not.
/// </summary>
internal static class WeakPasswords
{
    /// <summary>What is left when the guessable parts are taken out must have as many different characters.</summary>
    private const int DifferentCharacters = 5;

    private const int ShortestRun = 3;
    private const string Product = "accounts";

    /// <summary>Rows that people run along: the alphabet, the digits, the rows and the columns of keyboards.</summary>
    private static readonly string[] Rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
        "yxcvbnm", "azertyuiop", "qsdfghjklm", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm"];

    private static readonly string[] Runs = [.. Rows, .. Rows.Select(row => new string([.. row.Reverse()]))];

    /// <summary>Why a password is easy to guess; null if it isn't.</summary>
    /// <param name="password">What somebody wants to have as their password.</param>
    /// <param name="own">Their name and their e-mail address.</param>
    public static InputProblem? Problem(string password, params IEnumerable<string> own)
    {
        var normal = TypedText.Password(password);
        if (CommonPasswords.Contain(normal))
            return InputProblem.CommonPassword;

        var text = normal.ToLowerInvariant();
        if (DifferentOutsideOfRuns(text) < DifferentCharacters)
            return InputProblem.SequencePassword;
        return DifferentOutsideOfRuns(Without(text, own)) < DifferentCharacters
            ? InputProblem.PersonalPassword
            : null;
    }

    private static int DifferentOutsideOfRuns(string text)
    {
        var outside = new HashSet<Rune>();
        for (var at = 0; at < text.Length;)
        {
            var run = RunAt(text, at);
            _ = Rune.DecodeFromUtf16(text.AsSpan(at), out var single, out var units);
            if (run < ShortestRun)
                outside.Add(single);
            at += run < ShortestRun ? units : run;
        }

        return outside.Count;
    }

    /// <summary>How far a text runs along a row from one place on.</summary>
    private static int RunAt(string text, int at)
    {
        var longest = 0;
        foreach (var row in Runs)
        {
            var length = 0;
            var start = row.IndexOf(text[at], StringComparison.Ordinal);
            while (start >= 0 && start + length < row.Length && at + length < text.Length && row[start + length] == text[at + length])
                length++;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    /// <summary>A password without what is known of its person: the address, each word of it and of the name, and the name of the product.</summary>
    private static string Without(string text, IEnumerable<string> own)
    {
        var words = own.SelectMany(o => (string[])[o, .. o.Split([' ', '.', '@', '-', '_', '+'])])
            .Append(Product)
            .Select(word => word.ToLowerInvariant())
            .Where(word => word.Length >= ShortestRun)
            .OrderByDescending(word => word.Length);
        return words.Aggregate(text, (rest, word) => rest.Replace(word, "", StringComparison.Ordinal));
    }
}
