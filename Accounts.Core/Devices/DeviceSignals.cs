using Accounts.Core.Storage;

namespace Accounts.Core.Devices;

/// <summary>A browser's description of itself: its User-Agent, cut to 512 characters, and its Client Hints.</summary>
/// <remarks>Untrusted text: show it only escaped, and use it only to name devices.</remarks>
public sealed record DeviceSignals
{
    /// <summary>Maximum length of a User-Agent, in characters. Real ones have fewer than 500.</summary>
    internal const int UserAgentLimit = 512;

    /// <summary>Takes what a request says.</summary>
    /// <param name="userAgent">The header's text; null or "" if it is missing.</param>
    /// <param name="hints">The hints of the same request; null if there are none.</param>
    public DeviceSignals(string? userAgent, ClientHints? hints = null)
    {
        UserAgent = ShortText.Cut(userAgent ?? "", UserAgentLimit);
        Hints = hints ?? ClientHints.None;
    }

    /// <summary>The User-Agent, cut to 512 characters; "" if it is missing.</summary>
    public string UserAgent { get; }

    /// <summary>The Client Hints. All of them are null if the browser sent none.</summary>
    public ClientHints Hints { get; }

    /// <summary>False if the browser has more hints that it hasn't been asked for yet.</summary>
    internal bool IsWhole => Hints.Brands is null || Hints.PlatformVersion is not null;
}
