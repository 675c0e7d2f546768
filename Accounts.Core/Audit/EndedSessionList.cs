using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Accounts.Core.Audit;

/// <summary>One entry in the list of sessions that an event ended.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Name">The session's name at the time; null if it had none.</param>
/// <param name="Device">The title of the session's device: "Chrome 156 on Windows 11".</param>
internal sealed record EndedSession(Guid Id, string? Name, string? Device);

/// <summary>
/// Writes and reads the list of sessions that one action ended, as the text of one column. The text is a JSON array with one object per session:
/// <c>[{"id":"019c…","name":"Phone","device":"Safari 19 on iOS 19.1"}]</c>. A session without a name has no <c>name</c>.
/// </summary>
/// <remarks>Written texts never change. A reader ignores unknown keys, so keys can be added. Existing keys keep their meaning.</remarks>
internal static class EndedSessionList
{
    // The database stores names unescaped in any language, so that you can read them there.
    private static readonly EndedSessionJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });

    public static string Write(IEnumerable<EndedSession> sessions) => JsonSerializer.Serialize(
        [.. sessions.Select(one => one with { Device = AuditDetailsRow.Cut(one.Device) })], Json.IReadOnlyListEndedSession);

    public static IReadOnlyList<EndedSession> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, Json.IReadOnlyListEndedSession) ?? [];
}

[JsonSerializable(typeof(IReadOnlyList<EndedSession>))]
internal sealed partial class EndedSessionJson : JsonSerializerContext;
