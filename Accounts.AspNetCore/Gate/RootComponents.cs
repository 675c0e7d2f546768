using System.Text.Json;
using System.Text.Json.Serialization;

namespace Accounts.AspNetCore.Gate;

/// <summary>Counts the root components that a browser's call adds to its circuit, and those that it removes.</summary>
/// <remarks>
/// The framework starts a page's component as often as the browser sends its marker. This reads the call as the framework does, so a call can't
/// count as less than it adds.
/// </remarks>
internal static class RootComponents
{
    /// <summary>The hub's method that adds, updates and removes root components.</summary>
    public const string Method = "UpdateRootComponents";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private enum Kind
    {
        Add,
        Update,
        Remove,
    }

    /// <param name="operations">The method's first argument. One that the framework can't read changes nothing.</param>
    public static (int Added, int Removed) Count(string operations)
    {
        try
        {
            var all = JsonSerializer.Deserialize<Batch>(operations, Json)?.Operations ?? [];
            return (all.Count(operation => operation?.Type is Kind.Add), all.Count(operation => operation?.Type is Kind.Remove));
        }
        catch (JsonException)
        {
            return (0, 0);
        }
    }

    private sealed record Batch(Operation?[]? Operations);

    private sealed record Operation(Kind Type);
}
