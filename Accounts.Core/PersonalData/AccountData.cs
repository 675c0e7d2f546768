using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Passkeys;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Tables;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.PersonalData;

/// <summary>Everything that is stored about the caller, as one JSON document.</summary>
/// <remarks>
/// It has the rows as they are stored, whatever the plan includes. Hashes of passwords, keys and browser ids are left out: they tell nothing to
/// people and something to thieves. So are support codes, which last for an hour, and where staff acted from. docs/operations.md lists the names,
/// which are stable.
/// </remarks>
public sealed class AccountData
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        // Names keep letters of any language. The encoder still escapes characters that could end a script or a tag.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly AccountsDatabase _database;
    private readonly SessionAuthenticator _authenticator;
    private readonly SessionActivity _activity;
    private readonly RefusedAttempts _refused;
    private readonly FeatureGate _features;
    private readonly TimeProvider _time;

    internal AccountData(
        AccountsDatabase database,
        SessionAuthenticator authenticator,
        SessionActivity activity,
        RefusedAttempts refused,
        FeatureGate features,
        TimeProvider time)
    {
        _database = database;
        _authenticator = authenticator;
        _activity = activity;
        _refused = refused;
        _features = features;
        _time = time;
    }

    /// <summary>Reads the document piece by piece, so that memory doesn't grow with its length.</summary>
    /// <returns>The pieces of the text, in order. The sequence ends early if the caller's session ends: the document isn't complete then.</returns>
    /// <exception cref="CallerRefusedException">The caller may not take the data away.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer, before the first piece or between two.</exception>
    /// <exception cref="OperationCanceledException">It was canceled, before the first piece or between two.</exception>
    public IAsyncEnumerable<IReadOnlyList<string>> ExportAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ExportAccount.Check(caller);
        return ReadAsync(caller, cancellationToken);
    }

    private async IAsyncEnumerable<IReadOnlyList<string>> ReadAsync(
        Caller caller, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // What is still in memory is stored about the caller as well.
        await _activity.FlushAsync();
        await _refused.FlushAsync();
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer, Format);
        var user = caller.Subject.Value;

        json.WriteStartObject();
        Write(json, "exportedAt", _time.GetUtcNow());
        await WriteAccountAsync(json, caller, cancellationToken);
        var sessions = EachAsync<SessionRow>(
            caller,
            (db, last) => (last is null ? db.Sessions : db.Sessions
                    .Where(s => s.StartedAt <= last.StartedAt && (s.StartedAt < last.StartedAt || s.Id < last.Id)))
                .Where(s => s.UserId == user).OrderByDescending(s => s.StartedAt).ThenByDescending(s => s.Id),
            cancellationToken);
        var refused = EachAsync<RefusedAttemptRow>(
            caller,
            (db, last) => (last is null ? db.RefusedAttempts : db.RefusedAttempts
                    .Where(r => r.At <= last.At && (r.At < last.At || r.Id < last.Id)))
                .Where(r => r.UserId == user).OrderByDescending(r => r.At).ThenByDescending(r => r.Id),
            cancellationToken);
        var events = EachAsync<AuditEventRow>(
            caller,
            (db, last) => db.AuditEvents.Include(e => e.Details).Where(e => e.UserId == user).LatestAfter(last),
            cancellationToken);
        await foreach (var piece in ListAsync(json, buffer, "sessions", sessions, Write))
            yield return piece;
        if (!await _authenticator.MayGoOnAsync(caller, cancellationToken))
            yield break;
        await foreach (var piece in ListAsync(json, buffer, "refusedAttempts", refused, Write))
            yield return piece;
        await foreach (var piece in ListAsync(json, buffer, "auditLog", events, (_, one) => Write(json, one, caller.Subject)))
            yield return piece;
        // A list stops early when the session ends. A document that isn't complete must not look so.
        if (!await _authenticator.MayGoOnAsync(caller, cancellationToken))
            yield break;
        json.WriteEndObject();
        yield return [await TakeAsync(json, buffer)];
    }

    private IAsyncEnumerable<IReadOnlyList<T>> EachAsync<T>(
        Caller caller, Func<AccountsDbContext, T?, IQueryable<T>> rows, CancellationToken cancellationToken)
        where T : class => Export.ReadAsync<T, T>(_authenticator, caller, (last, token) => _database.ReadAsync(async db =>
        {
            var part = await rows(db, last).AsNoTracking().Take(Export.Part).ToListAsync(token);
            return (part, (IReadOnlyList<T>)part);
        }), cancellationToken);

    private static async IAsyncEnumerable<IReadOnlyList<string>> ListAsync<T>(
        Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, string name, IAsyncEnumerable<IReadOnlyList<T>> parts, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        await foreach (var part in parts)
        {
            foreach (var one in part)
            {
                json.WriteStartObject();
                write(json, one);
                json.WriteEndObject();
            }

            yield return [await TakeAsync(json, buffer)];
        }

        json.WriteEndArray();
    }

    /// <summary>The text that was written since the last call.</summary>
    private static async Task<string> TakeAsync(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        await json.FlushAsync();
        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
        return text;
    }

    private async Task WriteAccountAsync(Utf8JsonWriter json, Caller caller, CancellationToken cancellationToken)
    {
        var (user, roles, twoFactor, codes, trusted, passkeys, linked) = await _database.ReadAsync(async db => (
            await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == caller.Subject.Value, cancellationToken),
            await db.FindRoleNamesAsync(caller.Subject, cancellationToken),
            await db.Authenticators.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == caller.Subject.Value, cancellationToken),
            await db.RecoveryCodes.CountAsync(c => c.UserId == caller.Subject.Value, cancellationToken),
            await db.TrustedBrowsers.AsNoTracking().Where(t => t.UserId == caller.Subject.Value).OrderBy(t => t.TrustedAt)
                .ToListAsync(cancellationToken),
            await db.ListPasskeysAsync(caller.Subject, cancellationToken),
            await db.LinkedAccounts.AsNoTracking().Where(l => l.UserId == caller.Subject.Value).OrderBy(l => l.LinkedAt)
                .ToListAsync(cancellationToken)));
        json.WriteStartObject("account");
        json.WriteString("id", caller.Subject.Value);
        if (user is not null)
        {
            json.WriteString("name", user.DisplayName);
            json.WriteString("email", user.Email);
            json.WriteBoolean("emailConfirmed", user.EmailConfirmed);
            json.WriteString("externalId", user.ExternalId);
            Write(json, "createdAt", user.Since);
            json.WriteBoolean("hasPassword", user.PasswordHash is not null);
            json.WriteBoolean("newPasswordRequired", user.NewPasswordRequired);
            Write(json, "twoFactorSince", twoFactor?.ConfirmedAt);
            Write(json, "twoFactorResetAt", user.TwoFactorResetAt);
            json.WriteNumber("recoveryCodesLeft", codes);
            json.WriteStartArray("trustedBrowsers");
            foreach (var browser in trusted)
            {
                json.WriteStartObject();
                Write(json, "trustedAt", browser.TrustedAt);
                Write(json, "expiresAt", browser.ExpiresAt);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("plan", _features.PlanOf(user.Plan) is { Length: > 0 } plan ? plan : null);
            json.WriteStartArray("roles");
            foreach (var role in roles.Order(StringComparer.Ordinal))
                json.WriteStringValue(role);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartArray("passkeys");
        foreach (var passkey in passkeys)
        {
            json.WriteStartObject();
            json.WriteString("name", passkey.Name);
            Write(json, "addedAt", passkey.AddedAt);
            Write(json, "lastUsedAt", passkey.LastUsedAt);
            json.WriteBoolean("synced", passkey.IsSynced);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("linkedAccounts");
        foreach (var account in linked)
        {
            json.WriteStartObject();
            json.WriteString("provider", account.Provider);
            json.WriteString("issuer", account.Issuer);
            json.WriteString("subject", account.Subject);
            json.WriteString("email", account.Email);
            Write(json, "linkedAt", account.LinkedAt);
            Write(json, "lastUsedAt", account.LastUsedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, SessionRow row)
    {
        json.WriteString("id", row.Id);
        json.WriteString("kind", Name(row.Kind));
        Write(json, "startedAt", row.StartedAt);
        Write(json, "lastActivityAt", row.LastActivityAt);
        Write(json, "expiresAt", row.ExpiresAt);
        Write(json, "endedAt", row.EndedAt);
        json.WriteString("endReason", row.EndReason is { } reason ? Name(reason) : null);
        Write(json, "endedBySession", row.EndedByUserId == row.UserId ? row.EndedBySessionId : null);
        json.WriteString("name", row.Name);
        json.WriteString("device", row.IsOwn ? AuditRecord.Title(row) : null);
        json.WriteString("userAgent", row.UserAgent);
        json.WriteString("clientHints", row.ClientHints);
        json.WriteString("signInAddress", row.SignInAddress);
        json.WriteString("signInCountry", row.SignInCountry);
        json.WriteString("lastAddress", row.LastAddress);
        json.WriteNumber("pagesVisited", row.PagesVisited);
        json.WriteBoolean("remembered", row.Remembered);
        json.WriteString("methods", Name(row.Methods));
        Write(json, "reauthenticatedAt", row.ReauthenticatedAt);
        json.WriteString("reauthenticatedMethods", row.ReauthenticatedMethods is { } methods ? Name(methods) : null);
        Write(json, "browserSince", row.BrowserSince);
        json.WriteBoolean("newBrowser", row.NewBrowser);
        json.WriteBoolean("newCountry", row.NewCountry);
        Write(json, "recognizedAt", row.RecognizedAt);
        Write(json, "recognizedBySession", row.RecognizedBySessionId);
        Write(json, "leftAt", row.LeftAt);
        Write(json, "closedAt", row.ClosedAt);
        json.WriteString("viewedBy", row.ActorName);
        json.WriteString("reason", row.Reason);
    }

    private static void Write(Utf8JsonWriter json, RefusedAttemptRow row)
    {
        Write(json, "at", row.At);
        json.WriteString("kind", Name(row.Kind));
        json.WriteString("reason", Name(row.Reason));
        json.WriteNumber("count", row.Count);
        Write(json, "session", row.SessionId);
        json.WriteString("address", row.Address);
        json.WriteString("userAgent", row.UserAgent);
        json.WriteString("clientHints", row.ClientHints);
    }

    private static void Write(Utf8JsonWriter json, AuditEventRow row, UserId owner)
    {
        // Owners don't learn where staff are.
        var isOwn = row.ActorUserId is null || row.ActorUserId == owner.Value;
        json.WriteString("id", row.Id);
        Write(json, "at", row.At);
        json.WriteString("action", row.Action);
        json.WriteString("through", Name(row.Kind));
        json.WriteString("actor", row.ActorUserId is null ? null : isOwn ? "you" : "somebodyElse");
        Write(json, "fromSession", isOwn ? row.ActorSessionId : null);
        json.WriteString("fromName", isOwn ? row.Details?.ActorName : null);
        json.WriteString("fromDevice", isOwn ? row.Details?.ActorDevice : null);
        json.WriteString("address", isOwn ? row.Details?.Address : null);
        Write(json, "session", row.SessionId);
        json.WriteString("sessionName", row.Details?.SessionName);
        json.WriteString("sessionDevice", row.Details?.SessionDevice);
        json.WriteString("methods", row.Methods is { } methods ? Name(methods) : null);
        json.WriteString("reason", row.Reason);
        json.WriteString("value", row.Value);
        if (row.Count is { } count)
            json.WriteNumber("count", count);
        else
            json.WriteNull("count");
        json.WriteStartArray("endedSessions");
        foreach (var ended in EndedSessionList.Read(row.Details?.EndedSessions))
        {
            json.WriteStartObject();
            json.WriteString("session", ended.Id);
            json.WriteString("name", ended.Name);
            json.WriteString("device", ended.Device);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? at) =>
        json.WriteString(name, at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));

    private static void Write(Utf8JsonWriter json, string name, Guid? id) => json.WriteString(name, id?.ToString());

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
