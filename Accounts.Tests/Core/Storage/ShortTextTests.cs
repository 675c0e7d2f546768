using Accounts.Core.Devices;
using Accounts.Core.Storage;

namespace Accounts.Tests.Core.Storage;

/// <summary>A text that is too long is cut between characters.</summary>
public sealed class ShortTextTests
{
    [Theory]
    [InlineData("", 3, "")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab😀", 4, "ab😀")]
    [InlineData("ab😀", 3, "ab")]
    [InlineData("😀", 1, "")]
    [InlineData("abe\u0301", 3, "ab")]
    [InlineData("a👩‍💻b", 4, "a")]
    [InlineData("🇫🇷🇩🇪", 6, "🇫🇷")]
    public void A_text_is_never_cut_within_a_character(string text, int limit, string cut) => Assert.Equal(cut, ShortText.Cut(text, limit));

    // Sara am is a letter, and belongs to the one before it.
    [Fact]
    public void A_long_name_in_a_User_Agent_is_cut_between_characters()
    {
        var name = new string('x', NameText.Limit - 1);
        Assert.Equal(name, NameText.Of(name + "\u0E01\u0E33"));
        Assert.Equal(name + "\u0E01", NameText.Of(name + "\u0E01\u0E02"));
        Assert.Equal(name, NameText.Of(name + "e\u0301", "Reader"));
        Assert.Equal("Radio", NameText.Of("Radio\u3164\u115FRadio"));
    }

    // Guard: IsMark in NameText.
    [Theory]
    [InlineData("Cafe\u0301Reader/1.0", "Cafe\u0301Reader")]
    [InlineData("TV \u0E27\u0E34\u0E17\u0E22\u0E38/2", "TV \u0E27\u0E34\u0E17\u0E22\u0E38")]
    [InlineData("\u0939\u093F\u0928\u094D\u0926\u0940 TV", "\u0939\u093F\u0928\u094D\u0926\u0940 TV")]
    [InlineData("Radio \u0301x", "Radio")]
    [InlineData("Radio\uFE0F\u034F", "Radio")]
    public void A_name_in_a_User_Agent_goes_on_at_an_accent_or_a_vowel_sign(string text, string name) => Assert.Equal(name, NameText.Of(text));

    // A text that ends in half a character changes on its way through the database.
    [Fact]
    public void A_long_User_Agent_or_hint_is_cut_between_characters()
    {
        var name = new string('x', DeviceSignals.UserAgentLimit - 1) + "😀";
        Assert.Equal(name[..^2], new DeviceSignals(name).UserAgent);
        Assert.Equal(new string('x', ClientHints.Limit - 1), new ClientHints { Model = new string('x', ClientHints.Limit - 1) + "😀" }.Model);
    }
}
