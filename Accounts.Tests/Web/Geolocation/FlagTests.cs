using System.Net;
using System.Text.RegularExpressions;
using Accounts.Tests.Fixtures;
using Accounts.Web.Geolocation;

namespace Accounts.Tests.Web.Geolocation;

public sealed class FlagTests
{
    [Fact]
    public async Task A_flag_is_served_locally_and_can_be_cached()
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
    public async Task Any_other_path_is_not_found(string path)
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
    public void Flags_load_nothing_and_run_no_scripts()
    {
        var folder = Path.Combine(Repository.Root, "Accounts.Web", "Geolocation", "flags");
        var flags = Directory.GetFiles(folder, "*.svg");
        Assert.True(flags.Length > 240, $"There are {flags.Length} flags.");
        Assert.All(flags,
            flag => Assert.DoesNotMatch(
                new Regex(@"<script|href|url\(|<style|\son\w+=|<image|<foreignObject", RegexOptions.IgnoreCase, Patience.Limit),
                File.ReadAllText(flag)));
    }
}
