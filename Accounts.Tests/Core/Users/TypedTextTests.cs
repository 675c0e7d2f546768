using System.Globalization;
using Accounts.Core.Users;

namespace Accounts.Tests.Core.Users;

/// <summary>The normal forms of what people type, and how it is counted, cut and shown.</summary>
public sealed class TypedTextTests
{
    // Guards: IsInvisible and IsSpace in TypedText.Tidy.
    [Theory]
    [InlineData("\u200BAda")]
    [InlineData("A\u200Ed\u200Fa")]
    [InlineData("\u202AA\u202Bd\u202Ca\u202D\u202E")]
    [InlineData("\u2066A\u2067d\u2068a\u2069")]
    [InlineData("A\u2060\u2061\u2062\u2063\u2064da")]
    [InlineData("\uFEFFAda")]
    [InlineData("A\u00ADda")]
    [InlineData("A\u061Cda")]
    [InlineData("A\u200Cd\u200Da")]
    [InlineData("A\uFE0Fda\uDB40\uDD00")]
    [InlineData("Ada\uDB40\uDC41\uDB40\uDC7F")]
    [InlineData("A\u3164d\u115F\u1160\uFFA0a")]
    [InlineData("A\u034Fd\u17B4\u17B5a\u180B\u180C\u180D\u180E\u180F")]
    [InlineData("A\u206A\u206B\u206C\u206D\u206E\u206Fd\uFFF9a\uFFFA\uFFFB")]
    [InlineData("A\U0001BCA0d\U0001BCA3a\U0001D159\U0001D173\U0001D17A")]
    [InlineData("A\U00013430d\U0001343Fa\U000E0001")]
    [InlineData("\u00A0\u3000Ada\u2800\u2003")]
    [InlineData("Ada\uFFFD")]
    public void Nothing_invisible_is_left_of_a_name(string text)
    {
        Assert.Equal("Ada", TypedText.Name(text));
        Assert.Equal("Ada", TypedText.Clean(text));
    }

    // Guard: FlagEnd in TypedText. Text can hide behind a flag.
    [Theory]
    [InlineData("")]
    [InlineData("gbeng")]
    [InlineData("gb\u007F")]
    [InlineData("gbenglan\u007F")]
    [InlineData("gb-en\u007F")]
    [InlineData("GBENG\u007F")]
    [InlineData("the quick brown fox jumps over the lazy dog\u007F")]
    public void Only_a_whole_flag_keeps_its_letters(string letters)
    {
        var tags = string.Concat(letters.Select(letter => char.ConvertFromUtf32(0xE0000 + letter)));
        Assert.Equal("🏴 Ada", TypedText.Name($"🏴{tags} Ada"));
        Assert.Equal("🏴󠁧󠁢󠁥󠁮󠁧󠁿 Ada", TypedText.Name($"🏴󠁧󠁢󠁥󠁮󠁧󠁿{tags} Ada"));
    }

    // Guards: IsCursive and IsVirama in TypedText.Joins.
    [Theory]
    [InlineData("ა\u200Cბ")]
    [InlineData("Ꭰ\u200DᎡ")]
    [InlineData("ᄀ\u200Cᅡ")]
    [InlineData("ሀ\u200Dለ")]
    [InlineData("ᐁ\u200Cᐂ")]
    [InlineData("ไ\u200Cท")]
    [InlineData("ᜀ\u200Dᜁ")]
    [InlineData("ש\u200Dל")]
    [InlineData("क\u200Dख")]
    [InlineData("م\u200C")]
    [InlineData("🙂\u200D")]
    public void A_joiner_that_joins_nothing_is_dropped(string name) =>
        Assert.Equal(string.Concat(name.Where(c => c is not ('\u200C' or '\u200D'))).Normalize(), TypedText.Name(name));

    // Guard: Joins in TypedText.Tidy.
    [Theory]
    [InlineData("👨‍👩‍👧 Ada")]
    [InlineData("👩🏽‍💻 Ada")]
    [InlineData("❤️‍🔥")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿 Ada")]
    [InlineData("1️⃣ Ada")]
    [InlineData("می‌خواهم")]
    [InlineData("രാജന്‍")]
    [InlineData("श्रीमान्‌को")]
    [InlineData("葛\uDB40\uDD00城")]
    [InlineData("🙂\u200D↔\uFE0F Ada")]
    [InlineData("〰\uFE0F Ada")]
    [InlineData("র\u200D্যাব")]
    [InlineData("ක්\u200Dෂ")]
    [InlineData("ᠮᠣᠩᠭᠣᠯ\u200Dᠠ")]
    [InlineData("ܫ\u200Cܠ")]
    public void Joiners_and_selectors_stay_where_they_shape_their_neighbours(string name) => Assert.Equal(name, TypedText.Name(name));

    [Theory]
    [InlineData("Mu\u0308ller", "M\u00FCller")]
    [InlineData("  Ada   Lovelace ", "Ada Lovelace")]
    [InlineData("Ada\u00A0\u3000Lovelace\u2028King", "Ada Lovelace King")]
    [InlineData("\u200B \u200B", "")]
    [InlineData("a\uFFFEb", "ab")]
    public void A_name_has_one_form(string typed, string name) => Assert.Equal(name, TypedText.Name(typed));

    [Theory]
    [InlineData(" Ada@Example.test ", "Ada@Example.test")]
    [InlineData("\u200Bada@example.test", "ada@example.test")]
    [InlineData("\u202Aada@example.test\u202C", "ada@example.test")]
    [InlineData("ａｄａ＠ｅｘａｍｐｌｅ．ｔｅｓｔ", "ada@example.test")]
    [InlineData("re\u0301ne\u0301@example.test", "r\u00E9n\u00E9@example.test")]
    public void An_email_has_one_form(string typed, string email) => Assert.Equal(email, TypedText.Email(typed));

    [Theory]
    [InlineData("Mu\u0308ller tra\u0308gt Hu\u0308te 9", "M\u00FCller tr\u00E4gt H\u00FCte 9")]
    [InlineData("one\u00A0two\u3000three\u2003four", "one two three four")]
    [InlineData("\uFEFFone\u200Btwo\u202E", "onetwo")]
    [InlineData(" two  spaces ", " two  spaces ")]
    [InlineData("ﬁne ２", "ﬁne ２")]
    public void A_password_has_one_form(string typed, string password) => Assert.Equal(password, TypedText.Password(typed));

    // An attribute can't hold half a pair: it is stored as UTF-8. Guard: Whole in TypedText.Tidy.
    [Fact]
    public void Half_a_surrogate_pair_is_no_error()
    {
        Assert.Equal("half \uFFFD a \uFFFD pair", TypedText.Password("half \uD83D a \uDE00 pair"));
        Assert.Equal("Ada", TypedText.Name("A\uD83Dda\uDE00"));
        Assert.Equal("Ada", TypedText.Isolate("A\uD83Dda\uDE00"));
        Assert.Equal("x\uFFFD@example.test", TypedText.Email("x\uD83D@example.test"));
        Assert.Equal("e\u0301", TypedText.Cut("e\u0301\uD83D", 1));
        Assert.NotEmpty(EmailKey.All("\uD83D@\uDE00"));
    }

    // Guards: the two limits in TypedText.Cut.
    [Fact]
    public void Characters_are_counted_and_cut_as_a_reader_counts_them()
    {
        const string Family = "👨‍👩‍👧‍👦";
        var families = string.Concat(Enumerable.Repeat(Family, 5));
        Assert.True(TypedText.Fits(string.Concat(Enumerable.Repeat("e\u0301", 5)), 5));
        Assert.False(TypedText.Fits("Ada Ada", 6));
        Assert.Equal("e\u0301e\u0301", TypedText.Cut("e\u0301e\u0301e\u0301", 2));
        Assert.Equal("🇫🇷", TypedText.Cut("🇫🇷🇩🇪", 1));
        // Eleven units each: only four fit into ten for each of five.
        Assert.Equal(string.Concat(Enumerable.Repeat(Family, 4)), TypedText.Cut(families, 5));
        Assert.False(TypedText.Fits("a" + new string('\u0301', 50), 5));
        Assert.Equal("", TypedText.Cut("a" + new string('\u0301', 50), 5));
    }

    // Guard: IsRightToLeft in TypedText.Isolate.
    [Theory]
    [InlineData("Ada Lovelace", "Ada Lovelace")]
    [InlineData("\u202Egnp.exe", "gnp.exe")]
    [InlineData("two\r\nlines\u0085", "two lines")]
    [InlineData("שלום (1)", "\u2068שלום (1)\u2069")]
    [InlineData("\u2069שלום\u202E", "\u2068שלום\u2069")]
    [InlineData("مرحبا", "\u2068مرحبا\u2069")]
    [InlineData("\u200F", "")]
    [InlineData(null, "")]
    public void A_text_from_right_to_left_is_isolated(string? text, string shown)
    {
        Assert.Equal(shown, TypedText.Isolate(text));
        Assert.Equal(shown.Trim('\u2068', '\u2069'), TypedText.Clean(text));
    }

    [Fact]
    public void Every_text_is_isolated_on_a_page_from_right_to_left()
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new CultureInfo("he");
            Assert.Equal(("\u2068Ada\u2069", ""), (TypedText.Isolate("Ada"), TypedText.Isolate("")));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
