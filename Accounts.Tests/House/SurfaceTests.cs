using System.Reflection;
using System.Xml.Linq;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.House;

/// <summary>What the two libraries show to applications.</summary>
public sealed class SurfaceTests
{
    /// <summary>The assemblies whose types each library may show, besides the base library and the project's own.</summary>
    private static readonly Dictionary<string, string[]> Shown = new(StringComparer.Ordinal)
    {
        ["Accounts.Core"] = ["Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions"],
        ["Accounts.AspNetCore"] =
        [
            "Microsoft.AspNetCore.Authentication",
            "Microsoft.AspNetCore.Components",
            "Microsoft.AspNetCore.Components.Server",
            "Microsoft.AspNetCore.Http.Abstractions",
            "Microsoft.AspNetCore.Routing",
            "Microsoft.AspNetCore.SignalR.Core",
            "Microsoft.Extensions.Configuration.Abstractions",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
        ],
    };

    [Fact]
    public void No_public_member_shows_what_a_library_is_built_with()
    {
        foreach (var library in Product.Libraries)
        {
            var names = library.GetExportedTypes().SelectMany(TypesOf).Select(type => type.Assembly.GetName().Name!)
                .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Accounts.", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);
            // Equal, so that the list has no unused entry, and the search is known to find something.
            Assert.Equal(string.Join('\n', Shown[library.GetName().Name!]), string.Join('\n', names));
        }
    }

    /// <summary>The analyzer compares each member with the list, as long as there is one.</summary>
    [Fact]
    public void Every_public_type_is_on_the_librarys_list()
    {
        foreach (var library in Product.Libraries)
        {
            var listed = Repository.Read($"{library.GetName().Name}/PublicAPI.Shipped.txt").Split('\n')
                .Concat(Repository.Read($"{library.GetName().Name}/PublicAPI.Unshipped.txt").Split('\n'));
            var types = library.GetExportedTypes().Select(NameInSource).ToList();
            Assert.NotEmpty(types);
            Assert.Equal("", string.Join('\n', types.Except(listed, StringComparer.Ordinal)));
        }
    }

    /// <summary>An application may use the same libraries. What it registers for itself must stay what it gets.</summary>
    [Fact]
    public void An_application_gets_no_services_of_the_libraries_within()
    {
        var services = new ServiceCollection();
        services.AddAccounts();
        Assert.Contains(services, service => service.ServiceType == typeof(Accounts.Core.Manager.SessionService));
        Assert.Equal("", string.Join('\n', services.Select(service => service.ServiceType).Where(IsOfTheLibrariesWithin).Distinct()));
    }

    /// <summary>The compiler asks for a comment on every public member, but not on what a record takes.</summary>
    [Fact]
    public void Every_part_of_a_public_record_says_what_it_is()
    {
        foreach (var library in Product.Libraries)
        {
            var members = XDocument.Load(Path.ChangeExtension(library.Location, ".xml")).Descendants("member")
                .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal);
            var parts = library.GetExportedTypes()
                .Where(type => type.GetMethod("<Clone>$") is not null)
                .SelectMany(type => type.GetConstructors().SelectMany(one => one.GetParameters()).Select(part => (Type: type, part.Name)))
                .ToList();
            Assert.Equal("", string.Join('\n', parts.Where(part => !Describes(members, part.Type, part.Name!))));
        }
    }

    private static bool Describes(Dictionary<string, XElement> members, Type type, string part)
    {
        var name = NameInSource(type);
        return members.Where(member => string.Equals(member.Key, $"T:{name}", StringComparison.Ordinal)
                || member.Key.StartsWith($"M:{name}.#ctor", StringComparison.Ordinal))
            .SelectMany(member => member.Value.Elements("param"))
            .Any(given => string.Equals((string?)given.Attribute("name"), part, StringComparison.Ordinal) && given.Value.Trim().Length > 0);
    }

    private static string NameInSource(Type type) => type.FullName!.Replace('+', '.');

    private static bool IsOfTheLibrariesWithin(Type service)
    {
        string[] within = ["FluentValidation", "Microsoft.EntityFrameworkCore", "Microsoft.Data.Sqlite", "Npgsql", "Microsoft.Extensions.Identity"];
        // Nobody else can name a type of ours that isn't public, so nobody else registers or asks for such a service.
        return !Parts(service).Any(part => Product.Libraries.Contains(part.Assembly) && !part.IsVisible)
            && Parts(service).Any(part => Array.Exists(within, name => part.Assembly.GetName().Name!.StartsWith(name, StringComparison.Ordinal)));
    }

    /// <summary>Every type that a public type shows: what it derives from, and what its public and protected members take and give.</summary>
    private static IEnumerable<Type> TypesOf(Type type)
    {
        var members = type.GetMembers(RoomScanner.Everything).Where(IsShown).ToList();
        var named = members.SelectMany(member => member switch
        {
            MethodBase method => method.GetParameters().Select(parameter => parameter.ParameterType)
                .Append(method is MethodInfo { ReturnType: var result } ? result : typeof(void))
                .Concat(method.IsGenericMethodDefinition ? method.GetGenericArguments().SelectMany(one => one.GetGenericParameterConstraints()) : []),
            FieldInfo field => [field.FieldType],
            PropertyInfo property => [property.PropertyType],
            EventInfo raised => [raised.EventHandlerType!],
            _ => [],
        });
        var attributes = members.Prepend(type).SelectMany(member => member.GetCustomAttributesData()).Select(data => data.AttributeType);
        return named.Concat(attributes).Concat(type.GetInterfaces()).Append(type.BaseType ?? typeof(object)).SelectMany(Parts);
    }

    private static bool IsShown(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(true).Any(IsShown),
        EventInfo raised => IsShown(raised.AddMethod!),
        _ => false,
    };

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType
        ? Parts(type.GetElementType()!)
        : type.GetGenericArguments().SelectMany(Parts).Append(type);
}
