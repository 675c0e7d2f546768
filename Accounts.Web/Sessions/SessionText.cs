using System.Globalization;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>The words that the pages have for sessions.</summary>
internal static class SessionText
{
    /// <summary>Why the current session has no Terminate.</summary>
    public const string UseSignOut = "To end this session, use Sign out in the menu.";

    /// <summary>The name of the act that ends one session.</summary>
    public const string Terminate = "Terminate";

    /// <summary>The name of the act that ends one that was not the person's.</summary>
    public const string SignOut = "Sign out";

    /// <summary>The name of the act that ends all others.</summary>
    public const string SignOutEverywhere = "Sign out everywhere";

    /// <summary>The name of the act that ends all sessions, this one too.</summary>
    public const string RemoteLogout = "Remote logout";

    /// <summary>What such an act ends and what stays, asked before it is done.</summary>
    public static RenderFragment WhatRemoteLogoutEnds(int all) => builder => builder.AddContent(0, all == 1
        ? "Ends 1 session: this one. You sign in again with your password. Your account and its settings stay as they are."
        : $"Ends {all} sessions, including this one. Every browser and app must sign in again. Your password, your account and its settings stay as they are.");

    /// <summary>The status of a session that is live.</summary>
    public const string Active = "Active";

    public static string EndsOthers(int others) => others switch
    {
        0 => "No other session is signed in.",
        1 => "Signs out 1 other session. You stay signed in.",
        _ => $"Signs out {others} other sessions. You stay signed in.",
    };

    /// <summary>How many sessions there are, where there is room for a sentence.</summary>
    public static string SignedIn(int sessions) => sessions == 1 ? "You're only signed in here." : $"{sessions} sessions are signed in.";

    public static string NotDone(string act) =>
        $"Couldn't {(act.StartsWith(Terminate, StringComparison.Ordinal) ? "terminate it" : "sign out")}. Nothing changed. Try again.";

    /// <summary>How many pages were opened, as short as a card needs it: "212 pages", "1.4k pages".</summary>
    public static string Pages(int pages) => pages switch
    {
        1 => "1 page",
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{pages} pages"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(pages / 100.0) / 10:0.#}k pages"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(pages / 100_000.0) / 10:0.#}M pages"),
    };

    /// <summary>What stands on a card below its title: the browser where the title is a name, and the kind of device.</summary>
    public static string Line(Session session) => session.Name is null ? Kind(session.Device) : $"{session.Device.Title} · {Kind(session.Device)}";

    /// <summary>How many sessions are signed in, in a sentence.</summary>
    public static string Count(int sessions) => sessions == 1 ? "1 session" : string.Create(CultureInfo.InvariantCulture, $"{sessions:N0} sessions");

    /// <summary>A time in UTC; in the page a script shows it in the viewer's zone.</summary>
    public static string At(DateTimeOffset time) => time.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A time in the viewer's zone, for where no script can come: inside of drawings.</summary>
    public static string At(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>An IP address; a shortened one as "203.0.113.x".</summary>
    public static string Address(string address) => address.Length > 0 ? ShortAddress.Show(address) : "Unknown";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => $"{time.Minutes} min",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        { Hours: 0 } => $"{time.Days} d",
        _ => $"{time.Days} d {time.Hours} h",
    };

    public static string Type(DeviceType type) => type == DeviceType.Unknown ? "Unknown device" : type.ToString();

    /// <summary>The kind of device, with its model where that is known and is not the title already: "Mobile · Pixel 9".</summary>
    public static string Kind(Device device) => device.Model is null ? Type(device.Type) : $"{Type(device.Type)} · {device.Model}";

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

    public static string Method(SignInMethod method) => method switch
    {
        SignInMethod.Password => "Password",
        _ => method.ToString(),
    };

    /// <summary>The status of a session that is over.</summary>
    public static string Reason(EndReason reason) => reason switch
    {
        EndReason.SignedOut => "Signed out",
        EndReason.Terminated => "Terminated",
        EndReason.SignedOutEverywhere => "Signed out everywhere",
        EndReason.Expired => "Expired",
        EndReason.Replaced => "Replaced",
        EndReason.PasswordChanged => "Password changed",
        EndReason.RemoteLogout => "Remote logout",
        EndReason.LimitReached => "Limit reached",
        _ => reason.ToString(),
    };

    /// <summary>By whom, how and from where a session was ended.</summary>
    /// <param name="ending">How it ended.</param>
    /// <param name="from">What the session that ended it is called, "this device" or the title of its card; null if that is not known.</param>
    /// <param name="expiry">Which of its times ran out, if that is known.</param>
    public static string How(SessionEnding ending, string? from, Expiry? expiry = null) => ending.Reason switch
    {
        EndReason.SignedOut => "on that device",
        EndReason.Replaced => "by a new sign-in in that browser",
        EndReason.LimitReached => $"when {from ?? "another device"} signed in",
        EndReason.Expired => expiry switch
        {
            null => "out of time",
            { Absolute: true } => $"{Days(expiry.Length)} after sign-in",
            _ => $"{Days(expiry.Length)} without activity",
        },
        _ => from is null ? "from another device" : $"by you, from {from}",
    };

    /// <summary>An order of the history, in words.</summary>
    public static string Order(HistorySort sort, bool descending) => (sort, descending) switch
    {
        (HistorySort.SignedIn, true) => "Latest sign-in first",
        (HistorySort.SignedIn, false) => "Earliest sign-in first",
        (HistorySort.Duration, true) => "Longest first",
        (HistorySort.Duration, false) => "Shortest first",
        (HistorySort.Device, _) => descending ? "Device, Z to A" : "Device, A to Z",
        (HistorySort.Location, _) => descending ? "Location, Z to A" : "Location, A to Z",
        _ => descending ? "Status, ended first" : "Status, active first",
    };

    public static string Days(TimeSpan time) => time switch
    {
        { TotalDays: >= 2, Hours: 0, Minutes: 0 } => $"{time.Days} days",
        { TotalHours: >= 2 and <= 48, Minutes: 0 } => $"{time.TotalHours:0} hours",
        _ => Duration(time),
    };

    /// <summary>What was new about a sign-in; null if nothing.</summary>
    public static string? Flag(Session session) => (session.NewBrowser, session.NewCountry) switch
    {
        (true, true) => "New browser and country",
        (true, _) => "New browser",
        (_, true) => "New country",
        _ => null,
    };

    /// <summary>What is said aloud of a session that has just started or ended elsewhere.</summary>
    public static string News(Session session) => session.Ending is { } ending ? $"{session.Title}: {Reason(ending.Reason).ToLowerInvariant()}." : $"New sign-in: {session.Title}, {session.Place.Name}.";
}
