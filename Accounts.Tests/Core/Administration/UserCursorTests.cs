using Accounts.Core.Administration;

namespace Accounts.Tests.Core.Administration;

/// <summary>A cursor is text for an address, and any other text is none.</summary>
public sealed class UserCursorTests
{
    private static readonly Guid User = Guid.Parse("019ac9a0-1234-7abc-8def-0123456789ab");

    [Fact]
    public void A_cursor_is_read_as_it_was_written()
    {
        foreach (var cursor in new[] { UserCursor.After(User), UserCursor.Before(User), UserCursor.After(Guid.Empty) })
            Assert.Equal(cursor, UserCursor.Parse(cursor.ToString()));
        Assert.NotEqual(UserCursor.After(User), UserCursor.Before(User));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("25")]
    [InlineData("c\0")]
    [InlineData("*")]
    public void Any_other_text_is_none(string? text)
    {
        var good = UserCursor.After(User).ToString();
        Assert.Null(UserCursor.Parse(text));
        Assert.Null(UserCursor.Parse($"{good}{text ?? "x"}{(text is "" ? "=" : "")}"));
        Assert.Null(UserCursor.Parse($"c{good[1..]}"));
        Assert.Null(UserCursor.Parse($"{good[..^2]}*A"));
        Assert.Null(UserCursor.Parse($"{good[..^2]}éA"));
        // The last character has four bits to spare. They must be zero, so that each cursor is one text.
        const string characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Assert.Equal(4, characters.Count(last => UserCursor.Parse($"{good[..^1]}{last}") is not null));
    }
}
