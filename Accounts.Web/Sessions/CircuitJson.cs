using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>Keeps small what a circuit holds to talk JSON with its browser.</summary>
/// <remarks>
/// The framework gives each circuit JSON options of its own, so each holds metadata of its own for every type that it has sent.
/// Two kinds of it are left out. Of an argument's type the options ask for all interfaces too, in case one of them names derived types: thirty of
/// them for an <see cref="int"/>. And every circuit begins by sending the dictionaries of components that scripts may open.
/// </remarks>
internal static class CircuitJson
{
    /// <summary>Call it after the circuits have been added.</summary>
    public static void AddCircuitJson(this IServiceCollection services)
    {
        var added = services.Last(service => service.ServiceType == typeof(IJSRuntime));
        var create = ActivatorUtilities.CreateFactory(added.ImplementationType!, []);
        var resolver = new Resolver();
        services.AddScoped(provider =>
        {
            var runtime = (JSRuntime)create(provider, []);
            OptionsOf(runtime).TypeInfoResolver = resolver;
            return (IJSRuntime)runtime;
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions OptionsOf(JSRuntime runtime);

    private sealed class Resolver : IJsonTypeInfoResolver
    {
        private static readonly MethodInfo Create = typeof(Resolver).GetMethod(nameof(SharedInfo), BindingFlags.NonPublic | BindingFlags.Static)!;

        private readonly DefaultJsonTypeInfoResolver _reflection = new();
        private readonly ConcurrentDictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>?> _shared = new();

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            if (IsOnlyAncestor(type))
                return null;
            return _shared.GetOrAdd(type, FindShared) is { } shared ? shared(options) : _reflection.GetTypeInfo(type, options);
        }

        // What is sent may be declared as a list of something; as any other of the runtime's interfaces it is not.
        private static bool IsOnlyAncestor(Type type) =>
            type == typeof(ValueType) || (type.IsInterface && type.Assembly == typeof(object).Assembly && !IsList(type));

        private static bool IsList(Type type) =>
            type.IsAssignableTo(typeof(IEnumerable)) && type.GenericTypeArguments is [var item] && item != typeof(char) && !IsPair(item);

        private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

        // Both say which components scripts may open, and by which initializers.
        private static bool IsOfScripts(Type type) =>
            type == typeof(Dictionary<string, List<string>>)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>)
                && type.GenericTypeArguments[1].GetElementType()?.DeclaringType == typeof(JSComponentConfigurationStore));

        private static Func<JsonSerializerOptions, JsonTypeInfo>? FindShared(Type type) =>
            IsOfScripts(type) ? Create.MakeGenericMethod(type).CreateDelegate<Func<JsonSerializerOptions, JsonTypeInfo>>() : null;

        private static JsonTypeInfo SharedInfo<T>(JsonSerializerOptions options) =>
            JsonMetadataServices.CreateValueInfo<T>(options, SharedConverter<T>.Instance);
    }

    /// <summary>Writes what is the same for all circuits with options that are.</summary>
    private sealed class SharedConverter<T> : JsonConverter<T>
    {
        public static readonly SharedConverter<T> Instance = new();

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T>(ref reader, JsonSerializerOptions.Web);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, JsonSerializerOptions.Web);
    }
}
