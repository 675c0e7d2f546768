using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Accounts.Tests.Web.Languages;

/// <summary>The texts themselves: each is used, and can be put together.</summary>
public sealed partial class TextsTests
{
    private static readonly Dictionary<string, string> All = Read(Texts.ResourceManager);

    [Fact]
    public void Every_text_is_used()
    {
        var sources = string.Concat(new[] { "*.cs", "*.razor" }.SelectMany(pattern => Repository.Files(pattern))
            .Where(file => file.StartsWith("Accounts.Web/", StringComparison.Ordinal)).Select(Repository.Read));
        var used = Used().Matches(sources).Select(match => match.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(used.Count > 300);
        Assert.DoesNotContain(All.Keys, key => !key.StartsWith("Mud", StringComparison.Ordinal) && !used.Contains(Category().Replace(key, "_other")));
    }

    [Fact]
    public void A_form_of_a_plural_has_its_general_form_and_a_number()
    {
        var forms = All.Keys.Where(key => Category().IsMatch(key)).ToList();
        Assert.True(forms.Count > 20);
        Assert.DoesNotContain(forms, key => !All.ContainsKey(Category().Replace(key, "_other")));
        Assert.DoesNotContain(forms,
            key => key.EndsWith("_other", StringComparison.Ordinal) && !All[key].Contains("{count}", StringComparison.Ordinal));
    }

    [Fact]
    public void The_component_librarys_texts_come_from_the_resources()
    {
        var library = Read(new ResourceManager("MudBlazor.Resources.LanguageResource", typeof(MudLocalizer).Assembly));
        var components = Repository.Files("*.razor").Where(file => file.StartsWith("Accounts.Web/", StringComparison.Ordinal))
            .SelectMany(file => Component().Matches(Repository.Read(file))).Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Contains("MudDialog", components, StringComparer.Ordinal);
        var needed = library.Keys.Where(key => components.Contains(key.Split('_')[0])).ToList();
        Assert.Contains("MudDialog_Close", needed, StringComparer.Ordinal);
        Assert.Empty(needed.Except(All.Keys, StringComparer.Ordinal));

        var localizer = new ComponentTexts();
        Assert.Equal((false, "Close"), (localizer["MudDialog_Close"].ResourceNotFound, localizer["MudDialog_Close"].Value));
        Assert.True(localizer["MudRating_Label"].ResourceNotFound);
    }

    [Theory]
    [InlineData("Signed in {time}", "Signed in <time>now</time>")]
    [InlineData("{time}", "<time>now</time>")]
    [InlineData("Then {link}change{/link} {b}it{/b}.", "Then <a href=\"x\">change</a> <b>it</b>.")]
    [InlineData("{name}: {time}", "A &lt;b&gt; &amp; c: <time>now</time>")]
    [InlineData("Tom & Jerry’s été", "Tom &amp; Jerry’s été")]
    [InlineData("{count", "{count")]
    public void Only_elements_stay_markup_in_a_sentence(string text, string markup) =>
        Assert.Equal(markup, Sentence.Of(text, ("time", new MarkupString("<time>now</time>")), ("name", "A <b> & c"),
            ("link", new MarkupString("<a href=\"x\">")), ("b", new MarkupString("<b>"))).Value);

    [Fact]
    public void A_part_that_is_not_given_is_an_error() =>
        Assert.Contains("{place}", Assert.Throws<ArgumentException>(() => Sentence.Of("In {place}", ("time", 1))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "")]
    [InlineData("A", "A")]
    [InlineData("A B", "A and B")]
    [InlineData("A B C", "A, B and C")]
    public void A_list_has_its_words(string items, string text) =>
        Assert.Equal(text, Sentence.List(items.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void The_pseudo_language_is_longer_and_keeps_the_placeholders()
    {
        Assert.Equal("[Šîĝñéð îñ {time} öñé ţŵö]".Length, PseudoLanguage.Of("Signed in {time}").Length);
        Assert.All(All.Values, text =>
        {
            Assert.True(PseudoLanguage.Of(text).Length >= text.Length * 1.3);
            Assert.Equal(Placeholder().Matches(text).Select(match => match.Value),
                Placeholder().Matches(PseudoLanguage.Of(text)).Select(match => match.Value), StringComparer.Ordinal);
        });
    }

    private static Dictionary<string, string> Read(ResourceManager resources) =>
        resources.GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    [GeneratedRegex(@"Texts\.(Format)?(?<key>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Used();

    [GeneratedRegex("_(zero|one|two|few|many|other)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Category();

    [GeneratedRegex("<(?<name>Mud[A-Z][A-Za-z]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Component();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Placeholder();
}
