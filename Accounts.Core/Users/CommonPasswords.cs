using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;

namespace Accounts.Core.Users;

/// <summary>Passwords that many people have, from published leaks: SecLists, MIT, made by <c>tools/Passwords</c>. They are unpacked once in a process, when one is first asked about.</summary>
internal static class CommonPasswords
{
    private const string Resource = "Accounts.Core.Users.Bundled.common-passwords.txt.br";

    private static readonly Lazy<FrozenSet<string>> All = new(Unpack);

    /// <summary>Whether a password is one of them, whatever its capitals, spaces and signs: only its letters and digits are compared.</summary>
    public static bool Contain(string password)
    {
        // Half of a character outside of the basic plane cannot be normalised; as a rune it is another sign.
        var whole = string.Concat(password.EnumerateRunes());
        return All.Value.Contains(new([.. whole.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(char.IsLetterOrDigit)]));
    }

    private static FrozenSet<string> Unpack()
    {
        using var packed = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"There is no resource {Resource}.");
        using var lines = new StreamReader(new BrotliStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        return lines.ReadToEnd().Split('\n').ToFrozenSet(StringComparer.Ordinal);
    }
}
