using System.Net;
using Accounts.Core.Devices;
using Accounts.Core.Manager;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.AspNetCore.Devices;

/// <summary>Pages ask for what the User-Agent no longer says, and a session stores its browser's answer.</summary>
public sealed class ClientHintTests
{
    private const string Ada = "ada@example.test";

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/signed-out")]
    public async Task Pages_ask_for_client_hints(string path)
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();

        using var answer = await visitor.GetAsync(path);
        Assert.Equal(
            ["Sec-CH-UA-Full-Version-List", "Sec-CH-UA-Platform-Version", "Sec-CH-UA-Model", "Sec-CH-UA-Form-Factors"],
            answer.Headers.GetValues("Accept-CH").Single().Split(", "));
        Assert.False(answer.Headers.Contains("Critical-CH"));

        using var asset = await visitor.GetAsync("/tokens.css");
        Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
        Assert.False(asset.Headers.Contains("Accept-CH"));
    }

    [Fact]
    public async Task A_session_stores_its_browsers_hints()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        Answer(visitor, platformVersion: "\"15.0.0\"");
        visitor.Cookies["accounts-touch"] = "1";

        using var answer = await visitor.SignInAsync(Ada, AccountsSite.Password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var rows = site.Rows();
        var kept = ClientHints.Parse(rows.Text("SELECT \"ClientHints\" FROM \"Sessions\""));
        Assert.Equal(
            new ClientHints
            {
                Brands = "\"Chromium\";v=\"156\", \"Not_A Brand\";v=\"24\"",
                FullVersionList = "\"Chromium\";v=\"156.0.7900.1\", \"Not_A Brand\";v=\"24.0.0.0\"",
                Platform = "\"Windows\"",
                PlatformVersion = "\"15.0.0\"",
                Mobile = "?0",
                Model = "\"\"",
                FormFactors = "\"Desktop\"",
                Touch = true,
            },
            kept);
    }

    [Fact]
    public async Task A_browser_that_sends_no_hints_has_none_stored()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);

        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"ClientHints\" IS NULL"));
    }

    [Fact]
    public async Task Hostile_hints_are_cut_and_shown_as_text()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        Answer(visitor, platformVersion: new string('"', 5_000));
        visitor.Headers["Sec-CH-UA-Model"] = "\"<script>alert(1)</script>\"";
        visitor.Headers["Sec-CH-UA-Platform"] = new string('<', 5_000);

        using var answer = await visitor.SignInAsync(Ada, AccountsSite.Password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var session = await site.FindSessionAsync(visitor);
        var row = Assert.Single(await site.Get<SessionService>().ListAsync(session.ToCaller()));
        Assert.NotEmpty(row.Title);
        using var rows = site.Rows();
        Assert.InRange(rows.Text("SELECT \"ClientHints\" FROM \"Sessions\"").Length, 1, ClientHints.TextLimit);
        await using var circuit = await site.OpenAsync(visitor);
        await circuit.WaitForBatchAsync(page => page.Page.Text.Contains("This device", StringComparison.Ordinal), Patience.Limit);
    }

    private static void Answer(Visitor visitor, string platformVersion)
    {
        visitor.Headers["Sec-CH-UA"] = "\"Chromium\";v=\"156\", \"Not_A Brand\";v=\"24\"";
        visitor.Headers["Sec-CH-UA-Full-Version-List"] = "\"Chromium\";v=\"156.0.7900.1\", \"Not_A Brand\";v=\"24.0.0.0\"";
        visitor.Headers["Sec-CH-UA-Platform"] = "\"Windows\"";
        visitor.Headers["Sec-CH-UA-Platform-Version"] = platformVersion;
        visitor.Headers["Sec-CH-UA-Mobile"] = "?0";
        visitor.Headers["Sec-CH-UA-Model"] = "\"\"";
        visitor.Headers["Sec-CH-UA-Form-Factors"] = "\"Desktop\"";
    }
}
