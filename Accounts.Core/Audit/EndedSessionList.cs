using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Accounts.Core.Audit;

/// <summary>One of the sessions in the list of an event that ended several.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its person called it at the time; null if it had no name.</param>
/// <param name="Device">The title of its device: "Chrome 156 on Windows 11".</param>
internal sealed record EndedSession(Guid Id, string? Name, string? Device);

/// <summary>
/// Writes the sessions that one act ended as the text of one column, and reads it. The text is a JSON array, one object per session:
/// <c>[{"id":"019c…","name":"Phone","device":"Safari 19 on iOS 19.1"}]</c>. A session without a name has no <c>name</c>.
/// </summary>
/// <remarks>Written texts never change. A reader ignores keys that it doesn't know, so keys can be added; those here keep their meaning.</remarks>
internal static class EndedSessionList
{
    // Names stand in the database as they are read, whatever their language.
    private static readonly EndedSessionJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });

    public static string Write(IEnumerable<EndedSession> sessions) => JsonSerializer.Serialize(
        [.. sessions.Select(one => one with { Device = AuditEventRow.Cut(one.Device) })], Json.IReadOnlyListEndedSession);

    public static IReadOnlyList<EndedSession> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, Json.IReadOnlyListEndedSession) ?? [];
}

[JsonSerializable(typeof(IReadOnlyList<EndedSession>))]
internal sealed partial class EndedSessionJson : JsonSerializerContext;
