using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Geolocation;

namespace Accounts.Web.Sessions;

/// <summary>The pages' words for sessions.</summary>
internal static class SessionText
{
    /// <summary>A card's title: the user's name for the session, or its browser and platform.</summary>
    public static string Title(Session session) => session switch
    {
        { View: not null } => Texts.View_Title,
        { Name: { } name } => TypedText.Isolate(name),
        _ => Browser(session.Device),
    };

    /// <summary>The browser and its platform, or what the session is if it isn't a browser's.</summary>
    public static string Browser(Session session) => session.View is null ? Browser(session.Device) : Texts.View_Title;

    /// <summary>Who views an account: "Sam Keller".</summary>
    public static string Viewer(SupportView view) => view.By is { } name ? TypedText.Isolate(name) : Texts.View_Support;

    /// <summary>That support views the account, as a sentence for its owner.</summary>
    public static string IsViewing(SupportView view) =>
        view.By is { } name ? Texts.FormatView_IsViewing(TypedText.Isolate(name)) : Texts.View_IsViewingUnnamed;

    /// <summary>The browser and its platform: "Chrome 156 on Windows 11".</summary>
    public static string Browser(Device device)
    {
        var browser = Versioned(
            (device.Browser ?? device.Bot) is { } program
                ? TypedText.Isolate(program)
                : device.Type == DeviceType.Bot ? Texts.Device_UnknownProgram : Texts.Device_UnknownBrowser,
            device.BrowserVersion);
        return device.Platform is null
            ? browser
            : Texts.FormatDevice_On(browser, Versioned(device.Distribution ?? device.Platform, device.PlatformVersion));
    }

    /// <summary>The same for a title that the audit log keeps, which is in English: "Chrome 156 on Windows 11". Null if it keeps none.</summary>
    [return: NotNullIfNotNull(nameof(title))]
    public static string? Recorded(string? title) => title?.Split(" on ") switch
    {
        null => null,
        [var browser, var platform] => Texts.FormatDevice_On(TypedText.Isolate(Named(browser)), TypedText.Isolate(Named(platform))),
        _ => TypedText.Isolate(Named(title)),
    };

    /// <summary>The line below a card's title: the kind of device, after the browser if the title is a name.</summary>
    public static string Line(Session session) => session switch
    {
        { View: { } view } => Viewer(view),
        { Name: null } => Kind(session.Device),
        _ => Joined(Browser(session.Device), Kind(session.Device)),
    };

    /// <summary>The kind of device, with the model if the title doesn't show it: "Mobile · Pixel 9".</summary>
    public static string Kind(Device device) => device.Model is null ? Type(device.Type) : Joined(Type(device.Type), TypedText.Isolate(device.Model));

    /// <summary>Joins facts on one line.</summary>
    public static string Joined(params IEnumerable<string?> facts) => string.Join(" · ", facts.Where(fact => !string.IsNullOrEmpty(fact)));

    /// <summary>What "Remote logout" ends and what stays, for the question before it.</summary>
    public static string RemoteLogoutEnds(int all) =>
        all == 1 ? Texts.RemoteLogout_EndsThis : Plural.Of(nameof(Texts.RemoteLogout_EndsAll_other), all);

    /// <summary>What "Sign out everywhere" ends and what stays, for the question before it.</summary>
    public static string EndsOthers(int others) => others == 0 ? Texts.Sessions_NoOther : Plural.Of(nameof(Texts.Sessions_EndsOthers_other), others);

    /// <summary>The number of signed-in sessions, as a sentence.</summary>
    public static string SignedIn(int sessions) =>
        sessions == 1 ? Texts.Sessions_OnlyHere : Plural.Of(nameof(Texts.Sessions_SignedIn_other), sessions);

    /// <summary>The number of sessions: "3 sessions".</summary>
    public static string Count(int sessions) => Plural.Of(nameof(Texts.Sessions_Count_other), sessions);

    /// <summary>The number of opened pages, short enough for a card: "212 pages", "1.4k pages".</summary>
    public static string Pages(int pages) => pages switch
    {
        < 1_000 => Plural.Of(nameof(Texts.Sessions_Pages_other), pages),
        < 1_000_000 => Texts.FormatSessions_PagesThousands(Rounded(pages / 100)),
        _ => Texts.FormatSessions_PagesMillions(Rounded(pages / 100_000)),
    };

    /// <summary>The same for a line that says nothing else of pages: "212 pages visited".</summary>
    public static string PagesVisited(int pages) => pages switch
    {
        < 1_000 => Plural.Of(nameof(Texts.Sessions_PagesVisited_other), pages),
        < 1_000_000 => Texts.FormatSessions_PagesVisitedThousands(Rounded(pages / 100)),
        _ => Texts.FormatSessions_PagesVisitedMillions(Rounded(pages / 100_000)),
    };

    /// <summary>A time in UTC. On the page, a script shows it in the viewer's zone.</summary>
    public static string At(DateTimeOffset time) => Texts.FormatTime_Utc(Formatted(time));

    /// <summary>A time in the viewer's zone, for drawings, which no script can change.</summary>
    public static string At(DateTimeOffset time, TimeZoneInfo zone) => Formatted(TimeZoneInfo.ConvertTime(time, zone));

    /// <summary>A duration for a table: "2 h 5 min".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => Texts.Time_LessThanAMinute,
        { TotalHours: < 1 } => Texts.FormatTime_Minutes(time.Minutes),
        { TotalDays: < 1 } => Texts.FormatTime_Hours(time.Hours, time.Minutes),
        { Hours: 0 } => Texts.FormatTime_Days(time.Days),
        _ => Texts.FormatTime_DaysHours(time.Days, time.Hours),
    };

    /// <summary>A duration for a sentence: "28 days".</summary>
    public static string Days(TimeSpan time) => time switch
    {
        { TotalDays: >= 2, Hours: 0, Minutes: 0 } => Plural.Of(nameof(Texts.Time_LongDays_other), time.Days),
        { TotalHours: >= 2 and <= 48, Minutes: 0 } => Plural.Of(nameof(Texts.Time_LongHours_other), (int)time.TotalHours),
        _ => Duration(time),
    };

    public static string Type(DeviceType type) => type switch
    {
        DeviceType.Desktop => Texts.Device_Desktop,
        DeviceType.Mobile => Texts.Device_Mobile,
        DeviceType.Tablet => Texts.Device_Tablet,
        DeviceType.Bot => Texts.Device_Bot,
        DeviceType.TV => Texts.Device_TV,
        DeviceType.Console => Texts.Device_Console,
        DeviceType.Watch => Texts.Device_Watch,
        DeviceType.Car => Texts.Device_Car,
        _ => Texts.Device_Unknown,
    };

    /// <summary>The icon of a session: its kind of device, or an eye for a view of support.</summary>
    public static string Icon(Session session) => session.View is null ? Icon(session.Device.Type) : "eye";

    public static string Icon(DeviceType type) => type switch
    {
        DeviceType.Mobile => "phone",
        DeviceType.Tablet => "tablet",
        DeviceType.Bot => "bot",
        DeviceType.TV => "tv",
        DeviceType.Console => "console",
        DeviceType.Watch => "watch",
        DeviceType.Car => "car",
        _ => "desktop",
    };

    /// <summary>How a user proved who they are: "Password and Authenticator app".</summary>
    public static string Methods(SignInMethods methods) => Sentence.List([.. Enum.GetValues<SignInMethods>()
        .Where(method => method != SignInMethods.None && methods.HasFlag(method))
        .Select(method => method switch
        {
            SignInMethods.Password => Texts.Method_Password,
            SignInMethods.Passkey => Texts.Method_Passkey,
            SignInMethods.OneTimeCode => Texts.Method_OneTimeCode,
            SignInMethods.Provider => Texts.Method_Provider,
            SignInMethods.RecoveryCode => Texts.Method_RecoveryCode,
            SignInMethods.Email => Texts.Method_Email,
            SignInMethods.TrustedBrowser => Texts.Method_TrustedBrowser,
            _ => method.ToString(),
        })]);

    /// <summary>The status of an ended session, in the words of its kind.</summary>
    public static string Reason(Session session, SessionEnding ending) => session.View is null ? Reason(ending.Reason) : ending.Reason switch
    {
        EndReason.SignedOut => Texts.Reason_ViewEndedBySupport,
        EndReason.Terminated => Texts.Reason_ViewEndedByOwner,
        EndReason.Expired => Texts.Reason_ViewExpired,
        var other => Reason(other),
    };

    /// <summary>An ended session's status.</summary>
    public static string Reason(EndReason reason) => reason switch
    {
        EndReason.SignedOut => Texts.Reason_SignedOut,
        EndReason.Terminated => Texts.Reason_Terminated,
        EndReason.SignedOutEverywhere => Texts.Reason_SignedOutEverywhere,
        EndReason.Expired => Texts.Reason_Expired,
        EndReason.Replaced => Texts.Reason_Replaced,
        EndReason.PasswordChanged => Texts.Reason_PasswordChanged,
        EndReason.PasswordReset => Texts.Reason_PasswordReset,
        EndReason.EmailRestored => Texts.Reason_EmailRestored,
        EndReason.FactorsChanged => Texts.Reason_FactorsChanged,
        EndReason.EndedByProvider => Texts.Reason_EndedByProvider,
        EndReason.RemoteLogout => Texts.Reason_RemoteLogout,
        EndReason.LimitReached => Texts.Reason_LimitReached,
        EndReason.Revoked => Texts.Reason_Revoked,
        EndReason.StaffSessionEnded => Texts.Reason_StaffSessionEnded,
        EndReason.EndedBySupport => Texts.Reason_EndedBySupport,
        EndReason.EndedByAdministrator => Texts.Reason_EndedByAdministrator,
        EndReason.AccountDeleted => Texts.Reason_AccountDeleted,
        EndReason.AccountDisabled => Texts.Reason_AccountDisabled,
        EndReason.NewPasswordRequired => Texts.Reason_NewPasswordRequired,
        _ => reason.ToString(),
    };

    /// <summary>Who ended a session, how and from where.</summary>
    /// <param name="entry">The ended session in the history.</param>
    /// <param name="current">The viewer's session.</param>
    public static string How(HistoryEntry entry, SessionId? current = null)
    {
        var by = entry.EndedBy is { } ender ? ender.Name is { } name ? TypedText.Isolate(name) : Browser(ender.Device) : null;
        return entry.Session.Ending?.Reason switch
        {
            EndReason.StaffSessionEnded => Texts.How_StaffSessionEnded,
            EndReason.SignedOut when entry.Session.View is not null => Texts.How_ViewEndedBySupport,
            EndReason.Expired when entry.Session.View is not null => Texts.How_ViewExpired,

            EndReason.SignedOut => Texts.How_OnThatDevice,
            EndReason.Replaced => Texts.How_Replaced,
            EndReason.Revoked => Texts.How_Revoked,
            EndReason.EndedBySupport => Texts.How_Support,
            EndReason.EndedByAdministrator or EndReason.AccountDisabled or EndReason.NewPasswordRequired => Texts.How_Administrator,
            EndReason.AccountDeleted => Texts.How_AccountDeleted,
            EndReason.PasswordReset or EndReason.EmailRestored => Texts.How_PasswordReset,
            EndReason.EndedByProvider => Texts.How_EndedByProvider,
            EndReason.LimitReached when by is null => Texts.How_LimitReachedByAnother,
            EndReason.LimitReached => entry.EndedBy?.Id == current ? Texts.How_LimitReachedByThis : Texts.FormatHow_LimitReached(by),
            EndReason.Expired => entry.Expiry switch
            {
                null => Texts.How_OutOfTime,
                { Absolute: true, Length: var length } => Texts.FormatHow_AbsoluteExpiry(Days(length)),
                { Length: var length } => Texts.FormatHow_IdleExpiry(Days(length)),
            },
            _ when by is null => Texts.How_FromAnotherDevice,
            _ => entry.EndedBy?.Id == current ? Texts.How_FromThisDevice : Texts.FormatHow_From(by),
        };
    }

    /// <summary>A sort order of the history, in words.</summary>
    public static string Order(HistorySort sort, bool descending) => (sort, descending) switch
    {
        (HistorySort.SignedIn, true) => Texts.Order_LatestFirst,
        (HistorySort.SignedIn, false) => Texts.Order_EarliestFirst,
        (HistorySort.Duration, true) => Texts.Order_LongestFirst,
        (HistorySort.Duration, false) => Texts.Order_ShortestFirst,
        (HistorySort.Device, true) => Texts.Order_DeviceDescending,
        (HistorySort.Device, false) => Texts.Order_DeviceAscending,
        (HistorySort.Location, true) => Texts.Order_LocationDescending,
        (HistorySort.Location, false) => Texts.Order_LocationAscending,
        (_, true) => Texts.Order_EndedFirst,
        (_, false) => Texts.Order_ActiveFirst,
    };

    /// <summary>What was new about a sign-in; null if nothing was.</summary>
    public static string? Flag(Session session) => (session.NewBrowser, session.NewCountry) switch
    {
        (true, true) => Texts.Sessions_NewBrowserAndCountry,
        (true, _) => Texts.Sessions_NewBrowser,
        (_, true) => Texts.Sessions_NewCountry,
        _ => null,
    };

    /// <summary>What a page announces when a session starts or ends elsewhere.</summary>
    public static string News(Session session) => session switch
    {
        { View: { } view, Ending: null } => IsViewing(view),
        { View: { } view } => Texts.FormatView_NewsEnded(Viewer(view)),
        { Ending: { } ending } => Texts.FormatSessions_NewsEnded(Title(session), Reason(ending.Reason)),
        _ => Texts.FormatSessions_NewsStarted(Title(session), Where.Name(session.Place)),
    };

    // Round down to one decimal, so "1.4k" never overstates the number.
    private static string Rounded(int tenths) => (tenths / 10.0).ToString("0.#", CultureInfo.CurrentCulture);

    private static string Formatted(DateTimeOffset time) => time.ToString(Texts.Time_Pattern, CultureInfo.CurrentCulture);

    private static string Versioned(string name, string? version) => version is null ? name : Named($"{name} {version}");

    // The core's own words in names. A frozen version stands for two: "10 or 11".
    private static string Named(string name) => name switch
    {
        Device.UnknownBrowser => Texts.Device_UnknownBrowser,
        Device.UnknownProgram => Texts.Device_UnknownProgram,
        _ => name.Split(" or ") is [var one, var other] ? Texts.FormatDevice_EitherVersion(one, other) : name,
    };
}
