using System.Text.RegularExpressions;
using Accounts.Stage;

namespace Accounts.Pictures;

/// <summary>The words that stand on the pages, in the language that they are pictured in.</summary>
internal static class Words
{
    /// <summary>The pages are pictured in the <see cref="PseudoLanguage"/>.</summary>
    public static bool ArePseudo { get; set; }

    /// <summary>A part of a text.</summary>
    public static string Of(string english) => ArePseudo ? PseudoLanguage.Accented(english) : english;

    /// <summary>A whole text.</summary>
    public static string Whole(string english) => ArePseudo ? PseudoLanguage.Of(english) : english;

    /// <summary>A text that begins so: "Terminate", "Terminate Chrome 156 on Windows 10 or 11".</summary>
    public static Regex Beginning(string english) =>
        new($"^\\s*\\[?{Regex.Escape(Of(english))}", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
}
