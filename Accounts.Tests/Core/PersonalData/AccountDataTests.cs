using System.Text.Json;
using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Manager;
using Accounts.Core.PersonalData;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Tests.Core.Administration;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.PersonalData;

/// <summary>People take away everything that is stored about them, and nothing that isn't theirs.</summary>
public sealed class AccountDataTests
{
    /// <summary>What the document leaves out of each table, and why.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["SessionRow.UserId"] = "It's the document's own account.",
        ["SessionRow.ActorUserId"] = "Staff have a name, not an id.",
        ["SessionRow.ActorName"] = "viewedBy",
        ["SessionRow.ParentSessionId"] = "It's the member of staff's.",
        ["SessionRow.ViewsUntil"] = "It's about the account that is viewed.",
        ["SessionRow.Scopes"] = "What the kind may do.",
        ["SessionRow.Epoch"] = "It counts the server's endings.",
        ["SessionRow.KeyHash"] = "A secret.",
        ["SessionRow.NextKeyHash"] = "A secret.",
        ["SessionRow.NextKeyAt"] = "It's about a secret.",
        ["SessionRow.NextKeyMethods"] = "It's about a secret.",
        ["SessionRow.BrowserHash"] = "A secret.",
        ["SessionRow.RecognizedBySessionId"] = "recognizedBySession",
        ["SessionRow.EndedByUserId"] = "endedBySession says whether it was the owner.",
        ["SessionRow.EndedBySessionId"] = "endedBySession",
        ["SessionRow.PagesTold"] = "It's about the server.",
        ["SessionRow.WholeAddressSince"] = "It's about retention.",
        ["SessionRow.IsOwn"] = "kind",
        ["RefusedAttemptRow.UserId"] = "It's the document's own account.",
        ["RefusedAttemptRow.Id"] = "Nothing refers to it.",
        ["RefusedAttemptRow.SessionId"] = "session",
        ["RefusedAttemptRow.WholeAddressSince"] = "It's about retention.",
        ["AuditEventRow.UserId"] = "It's the document's own account.",
        ["AuditEventRow.ActorUserId"] = "actor",
        ["AuditEventRow.OnUserId"] = "Staff keep whom they acted on.",
        ["AuditEventRow.Kind"] = "through",
        ["AuditEventRow.ActorSessionId"] = "fromSession",
        ["AuditEventRow.SessionId"] = "session",
        ["AuditEventRow.EndedSessionIds"] = "endedSessions",
        ["AuditEventRow.Details"] = "The event has its columns.",
    };

    [EachEngineFact]
    public async Task The_document_has_everything_that_is_stored()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var (owner, phone) = (await host.SignInAsync(), await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone)));
        await host.Sessions.RenameAsync(owner.Caller, phone.Id, new RenameSessionInput { Name = "Telefon früh" });
        await host.TrySignInAsync(CoreHost.NewBrowser(address: "198.51.100.9"), password: "not this passphrase");
        var sam = await AccountAdministrationTests.SignInStaffAsync(host, "sam@example.test", Roles.Support);
        await host.Get<SupportViews>().BeginAsync(
            sam.Caller, ada, new ReasonInput { Reason = "Ticket 4711" }, TestContext.Current.CancellationToken);
        await host.Sessions.TerminateManyAsync(owner.Caller, [phone.Id], TestContext.Current.CancellationToken);

        await host.Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.LinkedAccounts.Add(new LinkedAccountRow
            {
                Id = Guid.NewGuid(), UserId = ada.Value, Provider = "google", Issuer = "https://id.example.test", Subject = "g-1",
                Email = "ada@id.example.test", LinkedAt = TestClock.Start,
            });
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);

        using var document = await ReadAsync(host, owner);
        var root = document.RootElement;
        var linked = Assert.Single(root.GetProperty("linkedAccounts").EnumerateArray());
        Assert.Equal(["provider", "issuer", "subject", "email", "linkedAt", "lastUsedAt"], Names(linked), StringComparer.Ordinal);
        Assert.Equal(("google", "g-1"), (linked.GetProperty("provider").GetString(), linked.GetProperty("subject").GetString()));
        Assert.Equal(
            ["exportedAt", "account", "passkeys", "linkedAccounts", "sessions", "refusedAttempts", "auditLog"], Names(root), StringComparer.Ordinal);
        Assert.Equal(("Ada Lovelace", CoreHost.Email, true),
            (root.GetProperty("account").GetProperty("name").GetString(), root.GetProperty("account").GetProperty("email").GetString(),
                root.GetProperty("account").GetProperty("hasPassword").GetBoolean()));
        var sessions = root.GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal(3, sessions.Count);
        var ended = sessions.Single(one => one.GetProperty("id").GetGuid() == phone.Id.Value);
        Assert.Equal(("Telefon früh", "Safari 19 on iOS 19.1", Visitor.Phone, "203.0.113.7", "terminated", owner.Id.Value), (
            ended.GetProperty("name").GetString(), ended.GetProperty("device").GetString(), ended.GetProperty("userAgent").GetString(),
            ended.GetProperty("lastAddress").GetString(), ended.GetProperty("endReason").GetString(), ended.GetProperty("endedBySession").GetGuid()));
        var view = sessions.Single(one => one.GetProperty("kind").GetString() is "supportView");
        Assert.Equal(("Sam Keller", "Ticket 4711"), (view.GetProperty("viewedBy").GetString(), view.GetProperty("reason").GetString()));
        var refused = Assert.Single(root.GetProperty("refusedAttempts").EnumerateArray());
        Assert.Equal(("198.51.100.9", "wrongPassword", 1),
            (refused.GetProperty("address").GetString(), refused.GetProperty("reason").GetString(), refused.GetProperty("count").GetInt32()));
        var events = root.GetProperty("auditLog").EnumerateArray().ToList();
        Assert.Equal(
            host.Rows.Query("SELECT \"Id\" FROM \"AuditEvents\" WHERE \"UserId\" = @user ORDER BY \"At\" DESC, \"Id\" DESC", ("@user", ada.Value))
                .Select(row => Guid.Parse((string)row["Id"]!)),
            events.Select(one => one.GetProperty("id").GetGuid()));
        // Where staff acted from stays with them.
        var began = events.Single(one => one.GetProperty("action").GetString() is AuditAction.ViewBegan);
        Assert.Equal(("somebodyElse", JsonValueKind.Null, JsonValueKind.Null),
            (began.GetProperty("actor").GetString(), began.GetProperty("address").ValueKind, began.GetProperty("fromSession").ValueKind));
        var registered = events.Single(one => one.GetProperty("action").GetString() is AuditAction.Registered);
        Assert.Equal("203.0.113.7", registered.GetProperty("address").GetString());
        Assert.DoesNotContain(owner.Key, root.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>A new column is either in the document or left out for a reason.</summary>
    [EachEngineFact]
    public async Task Every_column_is_in_the_document_or_left_out_for_a_reason()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await host.TrySignInAsync(CoreHost.NewBrowser(), password: "not this passphrase");
        using var document = await ReadAsync(host, owner);
        List<string> missing = [];
        foreach (var (list, type) in new[]
        {
            ("sessions", typeof(SessionRow)), ("refusedAttempts", typeof(RefusedAttemptRow)), ("auditLog", typeof(AuditEventRow)),
        })
        {
            var written = Names(document.RootElement.GetProperty(list)[0]);
            missing.AddRange(type.GetProperties().Where(column => !written.Contains(JsonNamingPolicy.CamelCase.ConvertName(column.Name)))
                .Select(column => $"{type.Name}.{column.Name}"));
        }

        Assert.Equal(LeftOut.Keys.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [EachEngineFact]
    public async Task A_long_history_comes_in_parts_and_is_complete()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        // Many start at the same moment.
        var many = Enumerable.Range(0, 1_200).Select(i => new PastSession(ada, TestClock.Start.AddHours(-2 - (i / 3))));
        await PastSession.AddAsync(host.Database, many);
        List<string> pieces = [];
        await foreach (var part in host.Get<AccountData>().ExportAsync(owner.Caller, TestContext.Current.CancellationToken))
            pieces.AddRange(part);
        Assert.True(pieces.Count > 3);
        using var document = JsonDocument.Parse(string.Concat(pieces));
        var ids = document.RootElement.GetProperty("sessions").EnumerateArray().Select(one => one.GetProperty("id").GetGuid()).ToList();
        Assert.Equal((1_201, 1_201), (ids.Count, ids.Distinct().Count()));
    }

    [EachEngineFact]
    public async Task It_stops_when_the_session_ends()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        List<string> pieces = [];
        await foreach (var part in host.Get<AccountData>().ExportAsync(owner.Caller, TestContext.Current.CancellationToken))
        {
            if (pieces.Count == 0)
                await host.Sessions.TerminateAsync(other.Caller, owner.Id, TestContext.Current.CancellationToken);
            pieces.AddRange(part);
        }

        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(string.Concat(pieces)).Dispose());
        using var whole = await ReadAsync(host, other);
        Assert.Contains("user.registered", whole.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> ReadAsync(CoreHost host, SignedInBrowser by)
    {
        List<string> pieces = [];
        await foreach (var part in host.Get<AccountData>().ExportAsync(by.Caller, TestContext.Current.CancellationToken))
            pieces.AddRange(part);
        return JsonDocument.Parse(string.Concat(pieces));
    }

    private static List<string> Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
