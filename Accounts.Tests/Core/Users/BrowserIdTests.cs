using Accounts.Core.Callers;

namespace Accounts.Tests.Core.Users;

public sealed class BrowserIdTests
{
    [Fact]
    public void A_browser_id_round_trips_through_its_cookie()
    {
        var browser = BrowserId.New();
        var again = BrowserId.Parse(browser.Text);
        Assert.Equal(22, browser.Text.Length);
        Assert.Equal(browser.Hash(), again!.Hash());
        Assert.NotEqual(browser.Hash(), BrowserId.New().Hash());
        Assert.Equal(32, browser.Hash().Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("                      ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ééééééééééééééééééééé\uD800")]
    public void Any_other_text_gives_no_browser_id_and_does_not_throw(string? text) => Assert.Null(BrowserId.Parse(text));

    [Theory]
    [InlineData("019ca945-0a00-7d3b-9e7b-75e94c2e04d3", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("019ca945", false)]
    public void A_session_id_is_read_from_a_URL(string? text, bool known)
    {
        Assert.Equal(known, SessionId.TryParse(text, out var id));
        Assert.Equal(known ? text : Guid.Empty.ToString(), id.ToString());
    }
}
