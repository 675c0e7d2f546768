using System.Text;

namespace Accounts.AspNetCore.Network;

/// <summary>Decides where a browser may be sent: only to this site, and only to an address that a header can hold.</summary>
public static class LocalAddress
{
    /// <summary>The longest address in characters, before and after the escaping. A longer one is none.</summary>
    public const int MaximumLength = 2_000;

    // The host doesn't matter. An address that leads away from it leads to another site.
    private static readonly Uri Here = new("http://here.invalid/");

    /// <summary>Reads an address that came with a request, such as the page to return to after a sign-in.</summary>
    /// <param name="text">The address, as anyone may have written it; null if there is none.</param>
    /// <returns>
    /// Path, query and fragment with every other character than RFC 3986 allows escaped, so that <c>Location</c> can hold it. Null if the text isn't
    /// an absolute path of this site, leads to another site, contains a control character or is too long.
    /// </returns>
    public static string? Find(string? text)
    {
        // Browsers read a backslash as a slash, and drop some control characters before they look for a host.
        if (text is not ['/', ..] || text.Length > MaximumLength || text.Contains('\\', StringComparison.Ordinal) || text.Any(char.IsControl))
            return null;
        if (!Uri.TryCreate(Here, text, out var address) || !string.Equals(address.Authority, Here.Authority, StringComparison.Ordinal))
            return null;

        var escaped = address.PathAndQuery + address.Fragment;
        // "/.//other.example" becomes a path with two slashes, which names a host when it stands alone.
        return escaped.Length <= MaximumLength && escaped is not ['/', '/', ..] && Ascii.IsValid(escaped) ? escaped : null;
    }
}
