using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Storage;

/// <summary>Makes the database's contexts.</summary>
/// <remarks>
/// EF's own registration would put its options into the application's container, where a context of the application may ask for such options. It
/// would also let the application's Identity options and data source change this database.
/// </remarks>
internal sealed class AccountsContexts : IDbContextFactory<AccountsDbContext>
{
    private readonly DbContextOptions<AccountsDbContext> _options;
    private readonly DatabaseEngine _engine;

    public AccountsContexts(DatabaseEngine engine, ILoggerFactory loggers, IEnumerable<ContextInterceptor> interceptors)
    {
        var builder = new DbContextOptionsBuilder<AccountsDbContext>().UseApplicationServiceProvider(new OwnServices(loggers));
        builder.UseEngine(engine);
        builder.AddInterceptors(interceptors.Select(one => one.Interceptor));
        _options = builder.Options;
        _engine = engine;
    }

    public AccountsDbContext CreateDbContext() => new(_options, _engine);

    // Not UseLoggerFactory: EF would then keep a container of its own for each logger factory.
    private sealed class OwnServices(ILoggerFactory loggers) : IServiceProvider
    {
        // Version3 is the schema with passkeys. The context's base class reads it here.
        private static readonly IOptions<IdentityOptions> Identity =
            Options.Create(new IdentityOptions { Stores = { SchemaVersion = IdentitySchemaVersions.Version3 } });

        public object? GetService(Type serviceType) =>
            serviceType == typeof(ILoggerFactory) ? loggers : serviceType == typeof(IOptions<IdentityOptions>) ? Identity : null;
    }
}

/// <summary>An interceptor of this database's contexts. Those that the application registers are for its own.</summary>
internal sealed record ContextInterceptor(IInterceptor Interceptor);
