using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;

namespace Accounts.Core.Users;

/// <summary>Common passwords from published leaks (SecLists, MIT). <c>tools/Passwords</c> builds the list; the first use unpacks it.</summary>
internal static class CommonPasswords
{
    private const string Resource = "Accounts.Core.Users.Bundled.common-passwords.txt.br";

    private static readonly Lazy<FrozenSet<string>> All = new(Unpack);

    /// <summary>Whether the list contains a password in normal form. Only letters and digits count, in any case.</summary>
    public static bool Contain(string password) =>
        All.Value.Contains(new([.. password.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(char.IsLetterOrDigit)]));

    private static FrozenSet<string> Unpack()
    {
        using var packed = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"There is no resource {Resource}.");
        using var lines = new StreamReader(new BrotliStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        return lines.ReadToEnd().Split('\n').ToFrozenSet(StringComparer.Ordinal);
    }
}
