using System.Buffers;
using System.Net;
using Accounts.Core.Callers;

namespace Accounts.Core.Support;

/// <summary>What an account is found by.</summary>
public enum SupportKey
{
    /// <summary>A support code.</summary>
    Code,

    /// <summary>The beginning of a name or of its last word.</summary>
    Name,

    /// <summary>An email, in any spelling.</summary>
    Email,

    /// <summary>The id of a session, live or ended.</summary>
    Session,

    /// <summary>The IP address of a session, or the network that is left of it.</summary>
    Address,
}

/// <summary>One way to read what a member of staff typed.</summary>
/// <param name="Key">What it is.</param>
/// <param name="Value">Its value, as the database stores it.</param>
internal sealed record SupportSearch(SupportKey Key, string Value)
{
    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create(SupportCode.Alphabet);

    /// <summary>The ways to read a text, the likelier one first. "Margaret" may be a code, and is a name.</summary>
    public static IReadOnlyList<SupportSearch> Of(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
            return [new(SupportKey.Email, text)];
        if (SessionId.TryParse(text, out var session))
            return [new(SupportKey.Session, session.ToString())];
        if (Address(text) is { } address)
            return [new(SupportKey.Address, address)];

        var name = new SupportSearch(SupportKey.Name, text);
        return Code(text) is not { } code ? [name]
            : code.AsSpan().ContainsAnyInRange('0', '9') ? [new(SupportKey.Code, code)]
            : [new(SupportKey.Code, code), name];
    }

    /// <summary>The support code in a text; null if it can't be one.</summary>
    public static string? Code(string text)
    {
        var code = string.Concat(text.Where(c => c is not ('-' or ' '))).ToUpperInvariant();
        return code.Length == SupportCode.Length && !code.AsSpan().ContainsAnyExcept(CodeCharacters) ? code : null;
    }

    // Pages show the network of a shortened address as "203.0.113.x". The parser would also take "7" for an address.
    private static string? Address(string text)
    {
        var whole = text.EndsWith(".x", StringComparison.OrdinalIgnoreCase) ? $"{text[..^1]}0"
            : text.EndsWith(":x", StringComparison.OrdinalIgnoreCase) ? $"{text[..^1]}:"
            : text;
        if (!(whole.Contains(':', StringComparison.Ordinal) || whole.Count(c => c == '.') == 3) || !IPAddress.TryParse(whole, out var address))
            return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
