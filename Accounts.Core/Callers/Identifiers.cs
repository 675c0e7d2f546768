using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Accounts.Core.Callers;

/// <summary>The id of a user's account. Stable and public.</summary>
/// <param name="Value">The id as a number.</param>
public readonly record struct UserId(Guid Value)
{
    /// <summary>The id as text: 36 characters, with hyphens.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>The id of a session in pages, addresses and logs (UUIDv7). It isn't secret: only the session key signs in.</summary>
/// <param name="Value">The id as a number.</param>
public readonly record struct SessionId(Guid Value)
{
    internal static SessionId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Reads an id from text, such as a part of an address. False for a text that is no id.</summary>
    public static bool TryParse(string? text, out SessionId id)
    {
        var known = Guid.TryParse(text, out var value);
        id = new SessionId(value);
        return known;
    }

    /// <summary>The id as text: 36 characters, with hyphens.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>The id of one browser profile, which stays across sign-outs: 128 random bits in a cookie. The database stores the hash.</summary>
public sealed class BrowserId
{
    private const int Bytes = 16;

    private BrowserId(string text) => Text = text;

    /// <summary>The cookie's value: 22 characters of base64url.</summary>
    public string Text { get; }

    /// <summary>Makes the id of a browser that has none yet.</summary>
    public static BrowserId New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>Reads a cookie's value; null for any text that <see cref="New"/> can't have made.</summary>
    public static BrowserId? Parse(string? text)
    {
        Span<byte> value = stackalloc byte[Bytes];
        // Not TryDecodeFromChars: it throws for a character outside the alphabet.
        return text is { Length: 22 } && Base64Url.DecodeFromChars(text, value, out _, out var written) == OperationStatus.Done && written == Bytes
            ? new BrowserId(text)
            : null;
    }

    internal byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));
}
