using Accounts.Core.Storage;

namespace Accounts.Core.Devices;

/// <summary>What a browser says about itself: the text of its User-Agent header, cut to <see cref="UserAgentLimit"/> characters, and its Client Hints.</summary>
/// <remarks>It is anybody's text: show it only escaped, believe it only for naming.</remarks>
public sealed record DeviceSignals
{
    /// <summary>Characters kept of a User-Agent. Real ones stay under 500.</summary>
    public const int UserAgentLimit = 512;

    /// <param name="userAgent">The header's text; null or "" if there was none.</param>
    /// <param name="hints">The hints that came with it; null if there were none.</param>
    public DeviceSignals(string? userAgent, ClientHints? hints = null)
    {
        UserAgent = ShortText.Cut(userAgent ?? "", UserAgentLimit);
        Hints = hints ?? ClientHints.None;
    }

    public string UserAgent { get; }

    public ClientHints Hints { get; }

    /// <summary>False for a browser that has more to say than it says here, because it has not been asked yet.</summary>
    public bool IsWhole => Hints.Brands is null || Hints.PlatformVersion is not null;
}
