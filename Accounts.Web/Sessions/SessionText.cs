using System.Globalization;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>The words that the pages have for sessions.</summary>
internal static class SessionText
{
    /// <summary>Why the current session has no Terminate.</summary>
    public const string UseSignOut = "To end this session, use Sign out in the menu.";

    /// <summary>The name of the act that ends one session.</summary>
    public const string Terminate = "Terminate";

    /// <summary>The name of the act that ends all others.</summary>
    public const string SignOutEverywhere = "Sign out everywhere";

    public static string EndsOthers(int others) => others == 1 ? "Ends 1 other session. You stay signed in here." : $"Ends {others} other sessions. You stay signed in here.";

    public static string NotDone(string act) =>
        $"{(string.Equals(act, Terminate, StringComparison.Ordinal) ? "Not terminated" : "Not signed out")}: the database did not answer. Nothing changed. Try again.";

    /// <summary>A time in UTC; in the page a script shows it in the viewer's zone.</summary>
    public static string At(DateTimeOffset time) => time.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "under a minute",
        { TotalHours: < 1 } => $"{time.Minutes} min",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{time.Days} d {time.Hours} h",
    };

    public static string Type(DeviceType type) => type == DeviceType.Unknown ? "Unknown device" : type.ToString();

    public static string Icon(DeviceType type) => type switch
    {
        DeviceType.Mobile => "phone",
        DeviceType.Tablet => "tablet",
        DeviceType.Bot => "bot",
        _ => "desktop",
    };

    public static string Method(SignInMethod method) => method switch
    {
        SignInMethod.Password => "Password",
        _ => method.ToString(),
    };

    /// <summary>How a session ended, in a word or two.</summary>
    public static string Status(EndReason reason) => reason switch
    {
        EndReason.SignedOut => "Signed out",
        EndReason.Terminated => "Terminated",
        EndReason.SignedOutEverywhere => "Signed out everywhere",
        EndReason.Expired => "Expired",
        EndReason.Replaced => "Replaced",
        EndReason.PasswordChanged => "Password changed",
        _ => reason.ToString(),
    };

    /// <summary>What did it, where it was no act of the person from elsewhere; otherwise "".</summary>
    public static string Detail(EndReason reason) => reason switch
    {
        EndReason.SignedOut => "On that device.",
        EndReason.Expired => "Not used for too long.",
        EndReason.Replaced => "By a new sign-in in that browser.",
        _ => "",
    };

    public static (string Status, string Detail) Ended(SessionEnding ending, bool byThisDevice) => (Status(ending.Reason), ending.Reason switch
    {
        EndReason.SignedOut or EndReason.Expired or EndReason.Replaced => Detail(ending.Reason),
        _ => byThisDevice ? "By you, from this device." : "By you, from another device.",
    });

    /// <summary>What is said aloud of a session that has just started or ended elsewhere.</summary>
    public static string News(Session session) => session.Ending is { } ending ? $"{session.Title}: {Status(ending.Reason).ToLowerInvariant()}." : $"New sign-in: {session.Title}, {session.Place.Name}.";
}
