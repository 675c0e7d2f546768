using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

public sealed class KeptHintsTests
{
    [Fact]
    public void Hints_round_trip_as_text()
    {
        var hints = new ClientHints { Brands = "\"A\";v=\"1\"", Platform = "\"Linux\"", FormFactors = "\"Desktop\"" };
        Assert.Equal(hints, ClientHints.Parse(hints.ToText()));

        var touch = new ClientHints { Touch = true };
        Assert.Equal(touch, ClientHints.Parse(touch.ToText()));
    }

    [Fact]
    public void No_hints_are_stored_as_null()
    {
        Assert.Null(ClientHints.None.ToText());
        Assert.Null(new ClientHints { Model = "" }.ToText());
        Assert.Equal(ClientHints.None, ClientHints.Parse(null));
        Assert.Equal(ClientHints.None, ClientHints.Parse(""));
    }

    [Fact]
    public void A_line_break_in_one_hint_does_not_shift_the_others()
    {
        var hints = new ClientHints { Brands = "a\nb", Platform = "\"Linux\"" };
        Assert.Equal("\"Linux\"", ClientHints.Parse(hints.ToText()).Platform);
    }

    [Fact]
    public void Hints_of_any_length_fit_into_their_column()
    {
        var text = new string('x', 10_000);
        var hints = new ClientHints
        {
            Brands = text, FullVersionList = text, Platform = text, PlatformVersion = text, Mobile = text, Model = text,
            FormFactors = text, Touch = true,
        };
        Assert.Equal(ClientHints.TextLimit, hints.ToText()!.Length);
        Assert.Equal(hints, ClientHints.Parse(hints.ToText()));
    }

    [Theory]
    [InlineData("\n\n\n")]
    [InlineData("a")]
    [InlineData("a\nb\nc\nd\ne\nf\ng\nh\ni\nj")]
    public void Malformed_text_is_accepted(string text) => Assert.NotNull(ClientHints.Parse(text));
}
