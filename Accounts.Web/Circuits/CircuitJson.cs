using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Accounts.Web.Circuits;

/// <summary>Reduces the memory that each circuit uses for JSON.</summary>
/// <remarks>
/// The framework gives each circuit its own JSON options, which hold metadata for every type it sent. This class leaves out two kinds. First, the
/// options ask for all interfaces of an argument's type, in case one names derived types. An <see cref="int"/> has thirty. Second, every circuit
/// starts by sending the dictionaries of components that scripts may open.
/// </remarks>
internal static class CircuitJson
{
    /// <summary>Call this after adding the circuits.</summary>
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

        // A type may be declared as a list, but never as another of the runtime's interfaces.
        private static bool IsOnlyAncestor(Type type) =>
            type == typeof(ValueType) || (type.IsInterface && type.Assembly == typeof(object).Assembly && !IsList(type));

        private static bool IsList(Type type) =>
            type.IsAssignableTo(typeof(IEnumerable)) && type.GenericTypeArguments is [var item] && item != typeof(char) && !IsPair(item);

        private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

        // These types hold the components that scripts may open, and their initializers.
        private static bool IsOfScripts(Type type) =>
            type == typeof(Dictionary<string, List<string>>)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>)
                && type.GenericTypeArguments[1].GetElementType()?.DeclaringType == typeof(JSComponentConfigurationStore));

        private static Func<JsonSerializerOptions, JsonTypeInfo>? FindShared(Type type) =>
            IsOfScripts(type) ? Create.MakeGenericMethod(type).CreateDelegate<Func<JsonSerializerOptions, JsonTypeInfo>>() : null;

        private static JsonTypeInfo<T> SharedInfo<T>(JsonSerializerOptions options) =>
            JsonMetadataServices.CreateValueInfo<T>(options, SharedConverter<T>.Instance);
    }

    /// <summary>Serializes types that are the same for all circuits with shared options.</summary>
    private sealed class SharedConverter<T> : JsonConverter<T>
    {
        public static readonly SharedConverter<T> Instance = new();

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T>(ref reader, JsonSerializerOptions.Web);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, JsonSerializerOptions.Web);
    }
}
