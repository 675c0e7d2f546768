using FluentValidation;

namespace Accounts.AspNetCore.Network;

/// <summary>The network in front of this server. Section <c>Network</c>.</summary>
public sealed class NetworkOptions
{
    /// <summary>
    /// The proxies whose forwarding headers Accounts trusts: IP addresses ("192.0.2.10") and networks ("10.0.0.0/8", "fd00::/64"). It ignores the
    /// headers of all other senders. None by default.
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
