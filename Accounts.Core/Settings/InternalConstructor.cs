using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Core.Settings;

/// <summary>Registers public classes that only the core can make.</summary>
internal static class InternalConstructor
{
    /// <summary>Registers a public class whose constructor is internal, because it takes internal classes.</summary>
    public static void AddMade<T>(this IServiceCollection services)
        where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single();
        var parameters = constructor.GetParameters();
        services.AddSingleton(sp => (T)constructor.Invoke([.. parameters.Select(parameter => sp.GetRequiredService(parameter.ParameterType))]));
    }
}
