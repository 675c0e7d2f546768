using System.Security.Cryptography;
using Accounts.Core.Sessions;

namespace Accounts.Tests.Core.Sessions;

public sealed class SessionKeyTests
{
    [Fact]
    public void A_key_has_256_bits_in_43_characters_and_matches_its_hash()
    {
        var key = SessionKey.New();
        Assert.Equal(43, key.Reveal().Length);
        Assert.Equal(32, key.Hash().Length);
        Assert.True(SessionKey.Matches(key.Reveal(), key.Hash()));
        Assert.False(SessionKey.Matches(SessionKey.New().Reveal(), key.Hash()));
    }

    [Fact]
    public void A_key_does_not_print_itself()
    {
        var key = SessionKey.New();
        Assert.DoesNotContain(key.Reveal(), $"{key} {new StartedSession(default, key, null)}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_does_not_match_as_a_key()
    {
        var key = SessionKey.New();
        Assert.False(SessionKey.Matches(System.Buffers.Text.Base64Url.EncodeToString(key.Hash()), key.Hash()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("===========================================")]
    [InlineData("                                           ")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("éééééééééééééééééééééééééééééééééééééééééé\uD800")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Any_other_text_does_not_match_and_does_not_throw(string text) =>
        Assert.False(SessionKey.Matches(text, SHA256.HashData(RandomNumberGenerator.GetBytes(32))));

    [Fact]
    public void A_one_megabyte_text_does_not_match() =>
        Assert.False(SessionKey.Matches(new string('A', 1 << 20), SessionKey.New().Hash()));
}
