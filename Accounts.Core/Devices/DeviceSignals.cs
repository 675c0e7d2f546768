namespace Accounts.Core.Devices;

/// <summary>What a browser says about itself: the text of its User-Agent header, cut to <see cref="UserAgentLimit"/> characters.</summary>
/// <remarks>It is anybody's text: show it only escaped, believe it only for naming.</remarks>
public sealed record DeviceSignals
{
    /// <summary>Characters kept of a User-Agent. Real ones stay under 300.</summary>
    public const int UserAgentLimit = 512;

    public DeviceSignals(string? userAgent)
    {
        UserAgent = userAgent switch
        {
            null => "",
            { Length: > UserAgentLimit } => userAgent[..UserAgentLimit],
            _ => userAgent,
        };
    }

    public string UserAgent { get; }
}
