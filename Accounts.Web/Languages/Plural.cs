using System.Globalization;

namespace Accounts.Web.Languages;

/// <summary>Texts that depend on a number: "1 session", "2 sessions".</summary>
internal static class Plural
{
    private const string Count = "{count}";
    private const string Other = "_other";

    /// <summary>The text for a number. The text includes the number.</summary>
    /// <param name="key">The general form's key, which ends in "_other". Other forms end in their category: "_one", "_few", "_many".</param>
    /// <param name="count">The number.</param>
    public static string Of(string key, int count)
    {
        var language = CultureInfo.CurrentUICulture;
        var text = Category(language.TwoLetterISOLanguageName, count) is { } category
            ? Texts.GetResourceString(string.Concat(key.AsSpan(0, key.Length - Other.Length), "_", category)) ?? Texts.GetResourceString(key)
            : Texts.GetResourceString(key);
        return text!.Replace(Count, Number(count), StringComparison.Ordinal);
    }

    /// <summary>A number as the request's language writes it: "1,234".</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>A whole number's plural category in a language; null means "other".</summary>
    /// <param name="language">ISO 639: "en".</param>
    /// <param name="count">0 or more.</param>
    /// <remarks>
    /// Unicode CLDR, https://cldr.unicode.org/index/cldr-spec/plural-rules. Chinese, Indonesian, Japanese and Korean only have "other".
    /// </remarks>
    internal static string? Category(string language, int count) => language switch
    {
        "zh" or "id" or "ja" or "ko" => null,
        "ru" => (count % 10, count % 100) switch
        {
            (1, not 11) => "one",
            (>= 2 and <= 4, not (>= 12 and <= 14)) => "few",
            _ => "many",
        },
        "fr" or "pt" when count <= 1 => "one",
        _ when count == 1 => "one",
        "fr" or "pt" or "es" or "it" when count != 0 && count % 1_000_000 == 0 => "many",
        _ => null,
    };
}
