using Accounts.AspNetCore.Cookies;
using Accounts.Core;
using Microsoft.Data.Sqlite;

namespace Accounts.Tests.House;

/// <summary>What the core depends on.</summary>
public sealed class AssemblyTests
{
    /// <summary>Allowed besides the base library. HTTP, Blazor and SignalR don't belong here: the core must not depend on them.</summary>
    private static readonly string[] Allowed =
    [
        "FluentValidation",
        "MaxMind.Db",
        "Microsoft.AspNetCore.DataProtection",
        "Microsoft.AspNetCore.Identity.EntityFrameworkCore",
        "Microsoft.Data.Sqlite",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.EntityFrameworkCore.Abstractions",
        "Microsoft.EntityFrameworkCore.Relational",
        "Microsoft.EntityFrameworkCore.Sqlite",
        "Microsoft.Extensions.Configuration.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Diagnostics",
        "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Identity.Core",
        "Microsoft.Extensions.Identity.Stores",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
        "Npgsql",
        "Npgsql.EntityFrameworkCore.PostgreSQL",
        "Otp.NET",
        "SQLitePCLRaw.core",
    ];

    [Fact]
    public void The_core_references_only_a_short_list_of_assemblies()
    {
        var references = typeof(AccountsOptions).Assembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Equal("", string.Join('\n', references.Except(Allowed, StringComparer.Ordinal)));
        // The list has no unused entry.
        Assert.Equal("", string.Join('\n', Allowed.Except(references, StringComparer.Ordinal)));
    }

    [Fact]
    public void Each_project_references_only_those_beneath_it()
    {
        Assert.Equal("", Ours(typeof(AccountsOptions)));
        Assert.Equal("Accounts.Core", Ours(typeof(AccountsSession)));
        Assert.Equal("Accounts.AspNetCore Accounts.Core Accounts.Demo", Ours(typeof(Program)));

        static string Ours(Type type) => string.Join(' ', type.Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("Accounts.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SQLite_is_recent()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Assert.True(Version.Parse(connection.ServerVersion) >= new Version(3, 53), connection.ServerVersion);
    }
}
