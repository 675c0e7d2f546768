using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Languages;

/// <summary>The plural categories of the twelve languages are those that browsers know.</summary>
[Collection(BrowserTests.Name)]
public sealed class PluralTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", "one other")]
    [InlineData("fr", "one many other")]
    [InlineData("de", "one other")]
    [InlineData("id", "other")]
    [InlineData("it", "one many other")]
    [InlineData("ja", "other")]
    [InlineData("ko", "other")]
    [InlineData("pt-BR", "one many other")]
    [InlineData("ru", "one few many")]
    [InlineData("zh-Hans", "other")]
    [InlineData("zh-Hant", "other")]
    [InlineData("es", "one many other")]
    public async Task The_categories_agree_with_the_browsers(string tag, string categories)
    {
        int[] numbers = [.. Enumerable.Range(0, 1_300), 10_000, 100_001, 999_999, 1_000_000, 1_000_001, 2_000_000, 3_000_011, 21_000_000,
            1_000_000_000, int.MaxValue];
        var page = await (await chromium.OpenProfileAsync()).NewPageAsync();
        var expected = await page.EvaluateAsync<string[]>(
            "([tag, numbers]) => { const rules = new Intl.PluralRules(tag); return numbers.map(number => rules.select(number)); }",
            new object[] { tag, numbers });
        await page.Context.CloseAsync();

        var language = new System.Globalization.CultureInfo(tag).TwoLetterISOLanguageName;
        Assert.Equal(expected, numbers.Select(number => Plural.Category(language, number) ?? "other"), StringComparer.Ordinal);
        // Control: each category of the language occurs among the numbers.
        Assert.Equal(categories.Split(' ').Order(StringComparer.Ordinal), expected.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 sessions")]
    [InlineData(1, "1 session")]
    [InlineData(2, "2 sessions")]
    [InlineData(1234, "1,234 sessions")]
    public void A_number_stands_in_its_text(int count, string text) => Assert.Equal(text, Plural.Of(nameof(Texts.Sessions_Count_other), count));
}
