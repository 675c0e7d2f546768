using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Storage;

/// <summary>The application's services, but with the core's own options for the tables of ASP.NET Core Identity.</summary>
/// <remarks>
/// The base class of the context reads its schema from the application's <see cref="IdentityOptions"/>. An application may use Identity for users
/// of its own, with another schema: neither must change the other's tables.
/// </remarks>
internal sealed class OwnIdentityOptions(IServiceProvider application) : IServiceProvider
{
    // Version3 is the schema with passkeys.
    private static readonly IOptions<IdentityOptions> Own =
        Options.Create(new IdentityOptions { Stores = { SchemaVersion = IdentitySchemaVersions.Version3 } });

    public object? GetService(Type serviceType) => serviceType == typeof(IOptions<IdentityOptions>) ? Own : application.GetService(serviceType);
}
