using System.Text;
using Accounts.Core.Storage;

namespace Accounts.Core.Users;

/// <summary>The form in which names are searched: lower case, without accents. "Müller" and "muller" are the same.</summary>
internal static class NameKey
{
    /// <summary>Maximum length of a key, in characters. Nobody types more of a name, and an index has no room for the longest names.</summary>
    public const int Limit = 60;

    private const int Chunk = 1_000;
    private const char FirstAccent = '\u0300';
    private const char LastAccent = '\u036F';

    /// <summary>The key of a whole name, or of its typed beginning.</summary>
    public static string Of(string name)
    {
        // Only the accents of European scripts. In others, such marks are vowels.
        var letters = name.Normalize(NormalizationForm.FormKD).Where(c => c is < FirstAccent or > LastAccent);
        return ShortText.Cut(string.Concat(letters).ToLowerInvariant(), Limit);
    }

    /// <summary>The key of a name's last word; null if the name has no other word.</summary>
    public static string? OfLastWord(string name) => name.LastIndexOf(' ') is > 0 and var space ? Of(name[(space + 1)..]) : null;

    /// <summary>The first text after all that begin with a key, in the order of bytes.</summary>
    public static string After(string key) => key + "\U0010FFFF";

    /// <summary>Gives a key to accounts of older versions.</summary>
    public static void FillOld(AccountsDbContext db)
    {
        while (db.Users.Where(u => u.NameKey == null).OrderBy(u => u.NameKey).Take(Chunk).ToList() is { Count: > 0 } users)
        {
            foreach (var user in users)
                user.RenewNameKeys();
            db.SaveChanges();
            db.ChangeTracker.Clear();
        }
    }
}
