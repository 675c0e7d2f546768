using Accounts.Web.Look;

namespace Accounts.Tests.Web.Look;

/// <summary>A name is cut between visible characters.</summary>
public sealed class InitialsTests
{
    [Theory]
    [InlineData("Ada Lovelace", "AL")]
    [InlineData("ada", "A")]
    [InlineData("Ada King Lovelace", "AK")]
    [InlineData("  Ada \t Lovelace ", "AL")]
    [InlineData("", "")]
    [InlineData("😀 Ada", "😀A")]
    [InlineData("👩‍💻 Ada", "👩‍💻A")]
    [InlineData("e\u0301mile zola", "E\u0301Z")]
    [InlineData("🇫🇷 Ada", "🇫🇷A")]
    [InlineData("王 小明", "王小")]
    [InlineData("ärzte", "Ä")]
    public void Initials_are_the_first_characters_of_the_first_two_words(string name, string initials) => Assert.Equal(initials, Initials.Of(name));
}
