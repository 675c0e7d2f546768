using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace Accounts.Tests.Web.Circuits;

/// <summary>Circuits write the same JSON as the framework's default, but each circuit keeps less metadata.</summary>
public sealed class CircuitJsonTests
{
    private static readonly Dictionary<string, List<string>> Initializers = new(StringComparer.Ordinal) { ["start"] = ["One", "Two"] };

    [Fact]
    public async Task Circuits_write_the_same_JSON_as_the_framework()
    {
        await using var site = AccountsSite.Start();
        await using var circuit = site.Get<IServiceScopeFactory>().CreateAsyncScope();
        var options = OptionsOf(circuit);
        object?[] arguments =
        [
            1, "a", true, 2.5, null, Guid.Empty, DateTimeOffset.UnixEpoch, new[] { 1, 2 }, new { Text = "a", Many = new[] { "b" } }, Initializers,
        ];

        Assert.Equal(JsonSerializer.Serialize(arguments, JsonSerializerOptions.Web), JsonSerializer.Serialize(arguments, options));
        Assert.Equal(["a"], JsonSerializer.Deserialize<IReadOnlyList<string>>("""["a"]""", options));
        var written = JsonSerializer.Serialize(Initializers, options);
        Assert.Equal(Initializers, JsonSerializer.Deserialize<Dictionary<string, List<string>>>(written, options));
    }

    [Theory]
    [InlineData(typeof(IComparable))]
    [InlineData(typeof(IParsable<int>))]
    [InlineData(typeof(IEnumerable<char>))]
    [InlineData(typeof(IDictionary<string, List<string>>))]
    [InlineData(typeof(ValueType))]
    public async Task Circuits_keep_no_metadata_of_types_that_are_never_sent(Type ancestor)
    {
        await using var site = AccountsSite.Start();
        await using var circuit = site.Get<IServiceScopeFactory>().CreateAsyncScope();

        Assert.False(OptionsOf(circuit).TryGetTypeInfo(ancestor, out _));
        Assert.True(JsonSerializerOptions.Web.TryGetTypeInfo(ancestor, out _));
    }

    [Fact]
    public async Task Circuits_share_the_metadata_of_script_components()
    {
        await using var site = AccountsSite.Start();
        await using var circuit = site.Get<IServiceScopeFactory>().CreateAsyncScope();
        await using var other = site.Get<IServiceScopeFactory>().CreateAsyncScope();
        var (one, two) = (OptionsOf(circuit), OptionsOf(other));

        // The reason for the converter: the framework makes separate options for each circuit.
        Assert.NotSame(one, two);
        Assert.Same(one.GetTypeInfo(Initializers.GetType()).Converter, two.GetTypeInfo(Initializers.GetType()).Converter);
        Assert.Equal(JsonTypeInfoKind.None, one.GetTypeInfo(Initializers.GetType()).Kind);
        var parameters = typeof(JSComponentConfigurationStore).GetNestedType("JSComponentParameter", BindingFlags.NonPublic)!;
        Assert.Equal(JsonTypeInfoKind.None, one.GetTypeInfo(typeof(Dictionary<,>).MakeGenericType(typeof(string), parameters.MakeArrayType())).Kind);
    }

    private static JsonSerializerOptions OptionsOf(AsyncServiceScope circuit)
    {
        var property = typeof(JSRuntime).GetProperty(nameof(JsonSerializerOptions), BindingFlags.Instance | BindingFlags.NonPublic)!;
        return (JsonSerializerOptions)property.GetValue(circuit.ServiceProvider.GetRequiredService<IJSRuntime>())!;
    }
}
