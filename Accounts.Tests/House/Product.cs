using System.Reflection;
using Accounts.AspNetCore.Cookies;
using Accounts.Core;

namespace Accounts.Tests.House;

/// <summary>The assemblies that the rules of the house are about.</summary>
internal static class Product
{
    /// <summary>What other applications take.</summary>
    public static IReadOnlyList<Assembly> Libraries { get; } = [typeof(AccountsOptions).Assembly, typeof(AccountsSession).Assembly];

    /// <summary>The libraries and the dashboard.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Libraries, typeof(Program).Assembly];
}
