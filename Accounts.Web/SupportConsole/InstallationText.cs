using System.Globalization;
using System.Reflection;
using Accounts.Core.Geolocation;
using Accounts.Core.Users;

namespace Accounts.Web.SupportConsole;

/// <summary>What the pages of support and of administration say about this installation.</summary>
internal static class InstallationText
{
    /// <summary>The version and the first digits of the source commit.</summary>
    public static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') switch
        {
            [var version, { Length: > 7 } source] => $"{version} ({source[..7]})",
            [var version, ..] => version,
            _ => Texts.Common_Unknown,
        };

    /// <summary>The name and the type of the geolocation database.</summary>
    public static string Places(PlaceSource places) => places.Path is null
        ? Texts.FormatSupport_BundledPlaces(places.Name, places.Type)
        : Texts.FormatSupport_PlacesName(TypedText.Isolate(places.Name), TypedText.Isolate(places.Type));

    /// <summary>When the geolocation data was published; null if nobody knows.</summary>
    public static string? Published(PlaceSource places) => Date(places) is { } date ? Texts.FormatSupport_PlacesDate(date) : null;

    /// <summary>Why a newer geolocation file isn't in use, and what to do; null if there is none.</summary>
    public static string? PlacesRefused(PlaceSource places) =>
        places.Problem is { } problem ? Texts.FormatSupport_PlacesProblem(TypedText.Isolate(problem)) : null;

    /// <summary>That the geolocation data is old, and what to do; null if it isn't.</summary>
    public static string? PlacesOld(PlaceSource places, DateTimeOffset now)
    {
        if (!places.IsOld(now))
            return null;
        return places.Path is null ? Texts.FormatSupport_BundledPlacesOld(Date(places)) : Texts.FormatSupport_PlacesOld(Date(places));
    }

    private static string? Date(PlaceSource places) => places.Date?.ToString(Texts.Time_DayPattern, CultureInfo.CurrentCulture);
}
