using System.Net;
using System.Text.RegularExpressions;
using Accounts.Tests.Fixtures;
using Accounts.Web.Geolocation;

namespace Accounts.Tests.Web.Geolocation;

public sealed class FlagTests
{
    [Fact]
    public async Task A_flag_comes_from_this_server_and_may_be_kept()
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();

        using var answer = await visitor.GetAsync("/" + Flags.AddressOf("DE"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromDays(30), answer.Headers.CacheControl!.MaxAge);
        Assert.StartsWith("<svg", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/flags/zz.svg")]
    [InlineData("/flags/..%2fappsettings.json")]
    [InlineData("/flags/")]
    public async Task What_is_no_flag_is_not_found(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("DE", "flags/de.svg")]
    [InlineData("xk", "flags/xk.svg")]
    [InlineData("ZZ", null)]
    [InlineData("", null)]
    [InlineData("../de", null)]
    [InlineData(null, null)]
    public void Only_a_country_has_a_flag(string? code, string? address) => Assert.Equal(address, Flags.AddressOf(code));

    [Fact]
    public void A_flag_asks_for_nothing_and_runs_nothing()
    {
        var folder = Path.Combine(House.Repository.Root, "Accounts.Web", "Geolocation", "flags");
        var flags = Directory.GetFiles(folder, "*.svg");
        Assert.True(flags.Length > 240, $"There are {flags.Length} flags.");
        Assert.All(flags, flag => Assert.DoesNotMatch(new Regex(@"<script|href|url\(|<style|\son\w+=|<image|<foreignObject", RegexOptions.IgnoreCase, Patience.Limit), File.ReadAllText(flag)));
    }
}
