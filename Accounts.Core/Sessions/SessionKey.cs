using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Accounts.Core.Sessions;

/// <summary>A session's secret: 256 random bits, which only the browser's cookie holds. The database stores their SHA-256.</summary>
public sealed class SessionKey
{
    internal const int Bytes = 32;
    private const int Characters = 43;

    private readonly byte[] _value;

    private SessionKey(byte[] value) => _value = value;

    internal static SessionKey New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The key as the ticket holds it: 43 characters of base64url.</summary>
    public string Reveal() => Base64Url.EncodeToString(_value);

    /// <summary>Never prints the secret.</summary>
    public override string ToString() => "(session key)";

    internal byte[] Hash() => SHA256.HashData(_value);

    /// <summary>A public mark that identifies a key: the beginning of its hash. It doesn't help a thief.</summary>
    internal static string Mark(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..8]);

    /// <summary>This key's mark.</summary>
    internal string Mark() => Mark(Hash());

    /// <summary>Whether a text is the key of a hash. It runs in constant time and allocates nothing.</summary>
    internal static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<byte> hash)
    {
        Span<byte> value = stackalloc byte[Bytes];
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        // Not TryDecodeFromChars: it throws for a character outside the alphabet.
        if (text.Length != Characters || Base64Url.DecodeFromChars(text, value, out _, out var written) != OperationStatus.Done || written != Bytes)
            return false;
        SHA256.HashData(value, actual);
        return CryptographicOperations.FixedTimeEquals(actual, hash);
    }
}
