using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.AuditReading;

/// <summary>Registers the audit log's reader.</summary>
internal static class AuditReadingServices
{
    public static void AddAuditReading(this IServiceCollection services) => services.AddMade<AuditLog>();
}
