using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Accounts.Core.Sessions;

/// <summary>A random text of 256 bits that a browser keeps and shows once. The database holds its hash only.</summary>
internal static class OneTimeToken
{
    private const int Bytes = 32;

    /// <summary>A new one: 43 characters of base64url.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of a text that <see cref="New"/> may have made; null for any other text.</summary>
    public static byte[]? HashOf(string? text)
    {
        Span<byte> value = stackalloc byte[Bytes];
        return text is { Length: 43 } && Base64Url.DecodeFromChars(text, value, out _, out var written) == OperationStatus.Done && written == Bytes
            ? SHA256.HashData(Encoding.ASCII.GetBytes(text))
            : null;
    }
}
