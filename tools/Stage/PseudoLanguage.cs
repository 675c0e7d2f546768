using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text;
using Accounts.Web.Languages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Stage;

/// <summary>
/// A language that nobody speaks: the English texts with accents on all letters, two fifths longer and in brackets. A letter without an accent on a
/// page is then a name, or a text that isn't in the resources.
/// </summary>
internal static class PseudoLanguage
{
    /// <summary>English with pseudo-accents, as Unicode CLDR calls it. Dates and numbers are English.</summary>
    public const string Tag = "en-XA";

    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Accents = "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļṁñöþǫŕšţûṽŵẋýž";
    private const string Padding = "one two three four five six seven eight nine ten eleven twelve ";

    /// <summary>Makes the product speak it, beside what it speaks already.</summary>
    public static void Add(IServiceCollection services)
    {
        typeof(Texts).GetField("s_resourceManager", BindingFlags.NonPublic | BindingFlags.Static)!.SetValue(null, new PseudoTexts());
        services.PostConfigure<RequestLocalizationOptions>(o =>
        {
            o.SupportedCultures!.Add(CultureInfo.GetCultureInfo(Tag));
            o.SupportedUICultures!.Add(CultureInfo.GetCultureInfo(Tag));
        });
    }

    /// <summary>A text in this language. Placeholders stay.</summary>
    public static string Of(string text)
    {
        var more = (int)Math.Ceiling(text.Length * 0.4);
        var padding = string.Concat(Enumerable.Repeat(Padding, (more / Padding.Length) + 1))[..more].Trim();
        return $"[{Accented(text)} {Accented(padding)}]";
    }

    /// <summary>A part of a text, with its accents alone.</summary>
    public static string Accented(string text)
    {
        var accented = new StringBuilder(text.Length);
        var named = false;
        foreach (var letter in text)
        {
            named = letter == '{' || (named && letter != '}');
            accented.Append(!named && Plain.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at ? Accents[at] : letter);
        }

        return accented.ToString();
    }

    private sealed class PseudoTexts() : ResourceManager(typeof(Texts))
    {
        public override string? GetString(string name, CultureInfo? culture) =>
            string.Equals((culture ?? CultureInfo.CurrentUICulture).Name, Tag, StringComparison.Ordinal)
                && !name.EndsWith("Pattern", StringComparison.Ordinal)
                ? base.GetString(name, CultureInfo.InvariantCulture) is { } text ? Of(text) : null
                : base.GetString(name, culture);
    }
}
