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
        Assert.Equal("Radio", NameText.Of("Radio\u3164\u115FRadio"));
    }

    // A text that ends in half a character changes on its way through the database.
    [Fact]
    public void A_long_User_Agent_or_hint_is_cut_between_characters()
    {
        var name = new string('x', DeviceSignals.UserAgentLimit - 1) + "😀";
        Assert.Equal(name[..^2], new DeviceSignals(name).UserAgent);
        Assert.Equal(new string('x', ClientHints.Limit - 1), new ClientHints { Model = new string('x', ClientHints.Limit - 1) + "😀" }.Model);
    }
}
