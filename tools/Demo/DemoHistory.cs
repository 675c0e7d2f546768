using System.Security.Cryptography;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;

namespace Accounts.Demo;

/// <summary>Ended sessions for the demo account that shows the history.</summary>
/// <remarks>They cover several browsers and every way to end. Some fall within the last 14 days, others before.</remarks>
internal sealed class DemoHistory(Guid user, DateTimeOffset now)
{
    private const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36";

    private static readonly ClientHints Windows11 = new() { Platform = "\"Windows\"", PlatformVersion = "\"15.0.0\"", Mobile = "?0" };
    private static readonly DeviceSignals Windows = new(Chrome, Windows11);
    private static readonly DeviceSignals Edge = new($"{Chrome} Edg/154.0.0.0", Windows11);
    private static readonly DeviceSignals Iphone = new(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1");
    private static readonly DeviceSignals Mac =
        new("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15");
    private static readonly DeviceSignals Linux = new("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0");
    private static readonly DeviceSignals Tablet = new(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36",
        new ClientHints { Platform = "\"Android\"", PlatformVersion = "\"16.0.0\"", Mobile = "?0", Model = "\"Pixel Tablet\"" });

    // A home network and university networks. These are network addresses: they have a country, but no device uses them.
    private const string Home = "192.168.1.20";
    private const string Work = "131.130.1.0";
    private const string Away = "194.117.1.0";
    private const string Unfamiliar = "143.107.1.0";

    public static IEnumerable<SessionRow> Of(Guid user, DateTimeOffset now) => new DemoHistory(user, now).Rows();

    /// <summary>The audit events of these sessions: the account's registration, then what the rows tell.</summary>
    public static IEnumerable<AuditEventRow> EventsOf(IReadOnlyList<SessionRow> rows) => rows.SelectMany(row => EventsOf(row, rows))
        .Append(Registered(rows[0], rows.Min(row => row.StartedAt).AddMinutes(-2)));

    private static AuditEventRow Registered(SessionRow first, DateTimeOffset at) => new(at, AuditAction.Registered, first.UserId)
    {
        ActorUserId = first.UserId, Details = new AuditDetailsRow(at, Work) { ActorDevice = AuditRecord.Title(first) },
    };

    private static IEnumerable<AuditEventRow> EventsOf(SessionRow row, IReadOnlyList<SessionRow> rows)
    {
        yield return AuditRecord.SignedIn(row);
        if (row.EndReason is null)
            yield break;
        if (row.EndReason == EndReason.Expired)
        {
            yield return AuditRecord.Expired(row);
            yield break;
        }

        var by = rows.Single(other => other.Id == row.EndedBySessionId);
        var (action, one) = row.EndReason switch
        {
            EndReason.Replaced => (AuditAction.SessionReplaced, true),
            EndReason.Terminated => (AuditAction.SessionTerminated, true),
            EndReason.SignedOutEverywhere => (AuditAction.SignedOutEverywhere, false),
            EndReason.PasswordChanged => (AuditAction.PasswordChanged, false),
            EndReason.RemoteLogout => (AuditAction.SessionsInvalidated, false),
            _ => (AuditAction.SignedOut, true),
        };
        yield return new AuditEventRow(row.EndedAt!.Value, action, row.UserId)
        {
            ActorUserId = by.UserId,
            ActorSessionId = by.Id,
            SessionId = one ? row.Id : null,
            Count = one ? null : 1,
            Details = new AuditDetailsRow(row.EndedAt!.Value, by.LastAddress)
            {
                ActorName = by.Name,
                ActorDevice = AuditRecord.Title(by),
                SessionName = one ? row.Name : null,
                SessionDevice = one ? AuditRecord.Title(row) : null,
            },
        };
    }

    private IEnumerable<SessionRow> Rows()
    {
        var (laptop, phone, tablet, mac, stranger, library) = (Browser(), Browser(), Browser(), Browser(), Browser(), Browser());

        var spring = Over(laptop, Windows, Work, daysAgo: 47, days: 9, pages: 64);
        var summer = Over(laptop, Windows, Work, daysAgo: 34, days: 14.5, pages: 120);
        var first = Over(laptop, Windows, Work, daysAgo: 12.2, days: 1.4, pages: 41);
        var second = Over(laptop, Windows, Home, daysAgo: 9.1, days: 2.3, pages: 28);
        var third = Over(laptop, Windows, Work, daysAgo: 6.8, days: 4.7, pages: 77);
        second.Name = third.Name = "Work laptop";
        By(second, EndReason.Replaced, third);

        var lost = Over(phone, Iphone, Work, daysAgo: 62, days: 5, pages: 31);
        lost.EndReason = EndReason.RemoteLogout;
        var oldPhone = Unused(Over(phone, Iphone, Away, daysAgo: 40, days: 35, pages: 212), days: 28);
        var newPhone = Over(phone, Iphone, Away, daysAgo: 4.6, days: 3.4, pages: 58);
        var slate = By(Over(tablet, Tablet, Home, daysAgo: 11.6, days: 3.3, pages: 19), EndReason.PasswordChanged, second);
        var desk = By(Over(mac, Mac, Home, daysAgo: 29, days: 8, pages: 35), EndReason.SignedOutEverywhere, summer);
        slate.PagesTold = 0;
        (desk.PagesTold, desk.ClosedAt) = (1, desk.EndedAt!.Value.AddSeconds(2));
        var intruder = By(Over(stranger, Linux, Unfamiliar, daysAgo: 6, days: 0.2, pages: 3), EndReason.Terminated, third);
        (intruder.PagesTold, intruder.LeftAt) = (1, intruder.EndedAt!.Value.AddSeconds(1));
        var borrowed = Unused(Over(library, Edge, Away, daysAgo: 15.4, days: 1.1, pages: 6, remembered: false), days: 1);
        var again = Over(library, Edge, Away, daysAgo: 3.1, days: 0.04, pages: 8);
        var forgotten = By(Over(Browser(), Windows, Away, daysAgo: 21, days: 1.2, pages: 4), EndReason.LimitReached, summer);
        return [spring, summer, first, second, third, lost, oldPhone, newPhone, slate, desk, intruder, borrowed, again, forgotten];
    }

    /// <summary>A session that its user signed out of.</summary>
    private SessionRow Over(byte[] browser, DeviceSignals signals, string address, double daysAgo, double days, int pages, bool remembered = true)
    {
        var from = now.AddDays(-daysAgo);
        var to = from.AddDays(days);
        var id = Guid.CreateVersion7(from);
        return new SessionRow
        {
            Id = id,
            UserId = user,
            Epoch = 0,
            // No key has this hash, so nobody can use this session.
            KeyHash = RandomNumberGenerator.GetBytes(32),
            BrowserHash = browser,
            StartedAt = from,
            LastActivityAt = to,
            ExpiresAt = to,
            Remembered = remembered,
            Methods = SignInMethods.Password,
            UserAgent = signals.UserAgent,
            ClientHints = signals.Hints.ToText(),
            SignInAddress = address,
            LastAddress = address,
            PagesVisited = pages,
            EndedAt = to,
            EndReason = EndReason.SignedOut,
            EndedByUserId = user,
            EndedBySessionId = id,
        };
    }

    /// <summary>Turns the session into one that expired after this many days without activity.</summary>
    private static SessionRow Unused(SessionRow row, int days)
    {
        row.LastActivityAt = row.ExpiresAt.AddDays(-days);
        (row.EndReason, row.EndedByUserId, row.EndedBySessionId) = (EndReason.Expired, null, null);
        return row;
    }

    private static SessionRow By(SessionRow row, EndReason reason, SessionRow ender)
    {
        (row.EndReason, row.EndedBySessionId) = (reason, ender.Id);
        return row;
    }

    private static byte[] Browser() => RandomNumberGenerator.GetBytes(32);
}
