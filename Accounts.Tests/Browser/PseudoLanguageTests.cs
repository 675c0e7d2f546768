using System.Reflection;
using Accounts.Stage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Browser;

/// <summary>Every page in every state has all of its texts from the resources, and room for longer ones.</summary>
[Collection(BrowserTests.Name)]
public sealed class PseudoLanguageTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    private static readonly string Pictures = typeof(PseudoLanguageTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key is "PicturesTool").Value!;

    [Theory]
    [InlineData("sign-in", "register", "help", "signed-out", "problem")]
    [InlineData("settings", "password", "support")]
    [InlineData("security", "two-factor")]
    [InlineData("history", "audit")]
    [InlineData("sessions")]
    public async Task No_text_is_plain_English_or_lacks_room(params string[] pages)
    {
        if (Chromium.Find() is null)
            Engine.Missing("There is no Chromium here.", "Install it (Debian: apt-get install chromium).");
        using var folder = new TempFolder();
        string[] only = [.. pages.SelectMany(page => new[] { "--only", $"{page}-" })];
        var (exitCode, output) = await Command.RunAsync(
            "dotnet", Repository.Root, [Pictures, "--language", PseudoLanguage.Tag, "--out", folder.File("pictures"), .. only]);
        Assert.True(exitCode == 0, output);
        Assert.Matches("^[1-9][0-9]* states: 0 failed", output.Split('\n').First(line => line.Contains("states:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("<p>Sign in</p>", """P: "Sign in" """)]
    [InlineData("<button aria-label='More'></button>", """BUTTON aria-label: "More" """)]
    [InlineData("<input placeholder='Search'>", """INPUT placeholder: "Search" """)]
    [InlineData("<title>Settings</title>", """title: "Settings" """)]
    [InlineData("<p>[Šîĝñ îñ ţö Accounts]</p><time>Today</time><code>appsettings</code>", null)]
    public async Task A_word_without_accents_is_found(string html, string? fault)
    {
        var page = await (await chromium.OpenProfileAsync()).NewPageAsync();
        await page.SetContentAsync(html);
        Assert.Equal(fault is null ? [] : [fault.Trim()], await PageCheck.FindPlainAsync(page));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_text_without_room_is_found()
    {
        var page = await (await chromium.OpenProfileAsync()).NewPageAsync();
        await page.SetContentAsync(
            """<main><p style="width: 9999px">x</p><b style="display: block; width: 9px; overflow: hidden">Terminate</b></main>""");
        Assert.Contains(await PageCheck.FindOverflowAsync(page), fault => fault.StartsWith("P.", StringComparison.Ordinal));
        Assert.Equal(["""B.null "Terminate" is cut off"""], await PageCheck.FindCutAsync(page));
        await page.Context.CloseAsync();
    }

    // Guard: LanguageCircuitHandler. The socket's own request asks for English.
    [Fact]
    public async Task A_circuit_keeps_the_language_of_its_page()
    {
        await using var site = AccountsSite.Start(services: PseudoLanguage.Add);
        await site.RegisterAsync(Ada);
        await using var ada = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        Assert.Equal("en", await ada.Page.EvaluateAsync<string>("document.documentElement.lang"));

        await ada.Page.RouteAsync("**/settings/sessions", route => route.ContinueAsync(new()
        {
            Headers = new Dictionary<string, string>(route.Request.Headers, StringComparer.OrdinalIgnoreCase)
            {
                ["Accept-Language"] = PseudoLanguage.Tag,
            },
        }));
        await ada.OpenAsync("/settings/sessions");
        Assert.Equal(PseudoLanguage.Tag, await ada.Page.EvaluateAsync<string>("document.documentElement.lang"));
        // The circuit alone draws the count, and the sign-in elsewhere reaches the page through it.
        await ada.Page.Locator(".side small").GetByText(PseudoLanguage.Accented("session")).WaitForAsync();
        await site.StartSessionsAsync(Ada, 1, Visitor.Phone);
        await ada.WaitForCardsAsync(2);
        Assert.Empty(await PageCheck.FindPlainAsync(ada.Page));
    }
}
