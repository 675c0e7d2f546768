using System.Globalization;
using Accounts.Web.Languages;

namespace Accounts.Web.Administration;

/// <summary>Figures of the System page, each with its unit.</summary>
internal static class SystemText
{
    /// <summary>A number of bytes: "12.4 MB". One MB has 1,048,576 bytes.</summary>
    public static string Size(long? bytes) => bytes switch
    {
        null => Texts.Common_Unknown,
        < 1L << 20 => Texts.FormatSystem_Kilobytes(In(bytes.Value, 10)),
        < 1L << 30 => Texts.FormatSystem_Megabytes(In(bytes.Value, 20)),
        < 1L << 40 => Texts.FormatSystem_Gigabytes(In(bytes.Value, 30)),
        _ => Texts.FormatSystem_Terabytes(In(bytes.Value, 40)),
    };

    /// <summary>A short duration: "84 ms", "1.2 s".</summary>
    public static string Of(TimeSpan duration) => duration.TotalSeconds < 1
        ? Texts.FormatSystem_Milliseconds(duration.TotalMilliseconds.ToString("N0", CultureInfo.CurrentCulture))
        : Texts.FormatSystem_Seconds(duration.TotalSeconds.ToString("N1", CultureInfo.CurrentCulture));

    /// <summary>An age in whole days: "91 days".</summary>
    public static string Days(TimeSpan? age) => Plural.Of(nameof(Texts.System_Days_other), Math.Max(0, (int)(age ?? default).TotalDays));

    // Rounded down, so that it never overstates what is free.
    private static string In(long bytes, int power) => (Math.Floor(10.0 * bytes / (1L << power)) / 10).ToString("#,0.#", CultureInfo.CurrentCulture);
}
