using FluentValidation;

namespace Accounts.Web.Network;

/// <summary>What stands between the people and this server. Section <c>Network</c>.</summary>
public sealed class NetworkOptions
{
    /// <summary>
    /// The proxies whose forwarding headers are believed: IP addresses ("192.0.2.10") and networks of them ("10.0.0.0/8", "fd00::/64").
    /// From anybody else the headers are ignored. None by default.
    /// </summary>
    public string[] KnownProxies { get; set; } = [];
}

internal sealed class NetworkOptionsValidator : AbstractValidator<NetworkOptions>
{
    public NetworkOptionsValidator()
    {
        RuleForEach(o => o.KnownProxies)
            .OverrideIndexer((_, _, _, index) => $":{index}")
            .Must(entry => ProxyEntry.Read(entry).Problem is null)
            .WithMessage((_, entry) => ProxyEntry.Read(entry).Problem);
    }
}
