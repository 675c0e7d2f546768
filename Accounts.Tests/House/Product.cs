using System.Reflection;
using Accounts.AspNetCore.Cookies;
using Accounts.Core;

namespace Accounts.Tests.House;

/// <summary>The assemblies that the rules of the house are about.</summary>
internal static class Product
{
    public static Assembly Core { get; } = typeof(AccountsOptions).Assembly;

    /// <summary>What other applications take.</summary>
    public static IReadOnlyList<Assembly> Libraries { get; } = [Core, typeof(AccountsSession).Assembly];

    /// <summary>The libraries and the dashboard.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Libraries, typeof(Program).Assembly];

    /// <summary>The public methods that a library's public types declare.</summary>
    public static IEnumerable<MethodInfo> MethodsOf(Assembly library) => library.GetExportedTypes().SelectMany(
        type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    /// <summary>A method as the lists of the house name it: <c>SessionService.ListAsync</c>.</summary>
    public static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>Whether a caller awaits what a method returns: a task, or parts that come one after the other.</summary>
    public static bool IsAwaited(MethodInfo method)
    {
        var type = method.ReturnType;
        return typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask) || (type.IsGenericType
            && (type.GetGenericTypeDefinition() == typeof(ValueTask<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));
    }
}
