using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.History;

/// <summary>Registers the history of sessions.</summary>
internal static class HistoryServices
{
    public static void AddHistory(this IServiceCollection services) => services.AddMade<HistoryReader>();
}
