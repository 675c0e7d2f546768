using Accounts.Core.Mail;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Accounts.Web.Mail;

/// <summary>The address that links in emails begin with. It comes from the settings, never from a request.</summary>
internal sealed class DashboardAddress(IOptions<MailOptions> options, IServiceProvider services)
{
    private static readonly string[] Anywhere = ["*", "+", "0.0.0.0", "[::]"];

    /// <summary>Reads the setting. In Development it may be missing: then it is the first address that the server listens on.</summary>
    /// <exception cref="MailUnavailableException">The setting is missing, and the server doesn't listen yet.</exception>
    public Uri Read() => MailOptions.ReadBaseAddress(options.Value.BaseAddress)
        ?? Listening(services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>())
        ?? throw new MailUnavailableException("Mail:BaseAddress is missing, and the server listens on no address yet.");

    /// <summary>The first address that a server listens on, as a browser on this machine opens it; null if there is none.</summary>
    internal static Uri? Listening(IServerAddressesFeature? server)
    {
        if (server?.Addresses.FirstOrDefault() is not { } first)
            return null;
        // Kestrel's address may name every host: http://*:5080.
        var address = BindingAddress.Parse(first);
        var host = Anywhere.Contains(address.Host, StringComparer.Ordinal) ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri;
    }
}
