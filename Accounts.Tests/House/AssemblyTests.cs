using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Accounts.Core;
using Microsoft.Data.Sqlite;

namespace Accounts.Tests.House;

/// <summary>What the core is built on, and that it fits together.</summary>
public sealed class AssemblyTests
{
    /// <summary>Beside the base library. Nothing of HTTP, Blazor or SignalR: whoever adds a line here moves a wall.</summary>
    private static readonly string[] Allowed =
    [
        "FluentValidation",
        "Microsoft.AspNetCore.DataProtection",
        "Microsoft.AspNetCore.Identity.EntityFrameworkCore",
        "Microsoft.Data.Sqlite",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.EntityFrameworkCore.Abstractions",
        "Microsoft.EntityFrameworkCore.Relational",
        "Microsoft.EntityFrameworkCore.Sqlite",
        "Microsoft.Extensions.Configuration.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Identity.Core",
        "Microsoft.Extensions.Identity.Stores",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    [Fact]
    public void The_core_is_built_on_a_short_list_of_assemblies()
    {
        var references = typeof(AccountsCore).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Equal("", string.Join('\n', references.Except(Allowed, StringComparer.Ordinal)));
        // The list is as short as it can be.
        Assert.Equal("", string.Join('\n', Allowed.Except(references, StringComparer.Ordinal)));
    }

    [Fact]
    public void The_core_does_not_know_the_web()
    {
        Assert.DoesNotContain(typeof(AccountsCore).Assembly.GetReferencedAssemblies(), name => name.Name is "Accounts.Web");
        Assert.Contains(typeof(Program).Assembly.GetReferencedAssemblies(), name => name.Name is "Accounts.Core");
    }

    [Fact]
    public void Every_call_from_the_SQLite_client_into_its_native_layer_finds_its_target()
    {
        var client = typeof(SqliteConnection).Assembly;
        using var file = new PEReader(File.OpenRead(client.Location));
        var metadata = file.GetMetadataReader();
        var calls = metadata.MemberReferences.Where(handle => IsOf(metadata, metadata.GetMemberReference(handle).Parent, "SQLitePCLRaw.core")).ToList();
        Assert.True(calls.Count > 50, "Almost no calls were found: the search is broken.");

        var missing = calls.Where(handle => !Exists(client.ManifestModule, handle)).Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name));

        Assert.Equal("", string.Join('\n', missing));
    }

    [Fact]
    public void SQLite_is_recent()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Assert.True(Version.Parse(connection.ServerVersion) >= new Version(3, 50), connection.ServerVersion);
    }

    // The runtime itself binds the reference, as it would on the first call.
    private static bool Exists(Module module, MemberReferenceHandle handle)
    {
        try
        {
            return module.ResolveMember(MetadataTokens.GetToken(handle)) is not null;
        }
        catch (Exception missing) when (missing is MissingMemberException or TypeLoadException)
        {
            return false;
        }
    }

    private static bool IsOf(MetadataReader metadata, EntityHandle parent, string assembly) =>
        parent.Kind == HandleKind.TypeReference
        && metadata.GetTypeReference((TypeReferenceHandle)parent).ResolutionScope is { Kind: HandleKind.AssemblyReference } scope
        && string.Equals(metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name), assembly, StringComparison.Ordinal);
}
