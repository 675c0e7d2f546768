using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Accounts.Core.AuditReading;
using Accounts.Core.Geolocation;
using Accounts.Web.Geolocation;
using Accounts.Web.Sessions;
using Accounts.Web.Tables;

namespace Accounts.Web.Audit;

/// <summary>
/// Writes audit events as CSV for spreadsheets or as JSON lines for programs. The CSV uses the reader's language. JSON names are stable;
/// docs/operations.md lists them.
/// </summary>
internal static class AuditFile
{
    private static string[] Columns =>
    [
        Texts.File_Id, Texts.File_At, Texts.File_Action, Texts.Audit_WhatHappened, Texts.File_Actor, Texts.File_FromSession, Texts.File_FromName,
        Texts.File_FromDevice, Texts.File_Address, Texts.File_Place, Texts.File_Country, Texts.File_Session, Texts.File_SessionName,
        Texts.File_SessionDevice, Texts.File_SessionsEnded, Texts.File_EndedSessions, Texts.File_ActorName, Texts.File_OnName, Texts.File_Reason,
    ];

    // Names keep letters of any language. The encoder still escapes characters that could end a script or a tag.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string CsvHead => Csv.Head(Columns);

    public static void WriteCsv(StringBuilder text, AuditEvent one) => Csv.Line(text,
    [
        one.Id.ToString(),
        Csv.Time(one.At),
        one.Action,
        AuditText.InOneLine(one),
        Actor(one.Actor),
        one.From?.Id?.ToString(),
        one.From?.Name,
        SessionText.Recorded(one.From?.Device),
        Address(one),
        one.Place is { } place ? Where.Name(place) : null,
        one.Place?.CountryCode,
        one.To?.Id?.ToString(),
        one.To?.Name,
        SessionText.Recorded(one.To?.Device),
        one.Count?.ToString(CultureInfo.InvariantCulture),
        string.Join("; ", one.EndedSessions.Select(ended => $"{ended.Id} {AuditText.Full(ended)}")),
        one.ActorName ?? AuditText.Deleted(one.ActorPseudonym),
        one.OnName ?? AuditText.Deleted(one.OnPseudonym),
        one.Reason,
    ]);

    /// <summary>Writes one JSON object per line, in UTF-8 (https://jsonlines.org). Every line has every key, with null for a missing value.</summary>
    public static void WriteJsonLine(StringBuilder text, AuditEvent one) => text.Append(JsonSerializer.Serialize(
        new
        {
            one.Id,
            At = one.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            one.Action,
            Actor = Actor(one.Actor),
            FromSession = one.From?.Id?.Value,
            FromName = one.From?.Name,
            FromDevice = one.From?.Device,
            Address = Address(one),
            Place = one.Place?.Name,
            Country = one.Place?.CountryCode,
            Session = one.To?.Id?.Value,
            SessionName = one.To?.Name,
            SessionDevice = one.To?.Device,
            SessionsEnded = one.Count,
            EndedSessions = one.EndedSessions is []
                ? null
                : one.EndedSessions.Select(ended => new { Session = ended.Id?.Value, ended.Name, ended.Device }),
            one.ActorName,
            one.ActorPseudonym,
            one.OnName,
            one.OnPseudonym,
            one.Reason,
        },
        Json)).Append('\n');

    private static string? Address(AuditEvent one) => one.Address is null ? null : ShortAddress.Show(one.Address);

    private static string Actor(AuditActor actor) => actor switch
    {
        AuditActor.You => "you",
        AuditActor.Clock => "clock",
        AuditActor.Operator => "operator",
        AuditActor.Provider => "provider",
        _ => "somebodyElse",
    };
}
