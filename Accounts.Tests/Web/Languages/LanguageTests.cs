using System.Globalization;
using System.Net;
using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Audit;
using Accounts.Web.History;
using Accounts.Web.Look;
using AngleSharp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Web.Languages;

/// <summary>A request is answered in the language that its cookie names, or else in the best match for Accept-Language, or else in English.</summary>
public sealed class LanguageTests
{
    private const string Ada = "ada@example.test";
    private const string Pseudo = PseudoLanguage.Tag;

    [Theory]
    [InlineData(null, null, "en")]
    [InlineData(null, Pseudo, Pseudo)]
    [InlineData(null, "fr, en-XA;q=0.8, en;q=0.5", Pseudo)]
    [InlineData(null, "fr, de;q=0.8", "en")]
    [InlineData(null, "en-GB", "en")]
    [InlineData(Pseudo, "en", Pseudo)]
    [InlineData("en", Pseudo, "en")]
    [InlineData("fr", Pseudo, Pseudo)]
    [InlineData("%00;c=en|uic=en", Pseudo, Pseudo)]
    [InlineData(null, ";;;q=,,x-!;q=9999999999999999999999", "en")]
    public async Task Cookie_then_header_then_English(string? cookie, string? header, string expected)
    {
        await using var site = AccountsSite.Start(services: PseudoLanguage.Add);
        using var visitor = site.Visit();
        if (cookie is not null)
            visitor.Cookies[LanguageChoice.Cookie] = Uri.EscapeDataString(cookie);
        if (header is not null)
            visitor.Headers["Accept-Language"] = header;
        var page = await ParseAsync(await visitor.ReadAsync("/sign-in"));
        Assert.Equal((expected, "ltr"), (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir")));
        Assert.Equal(expected is "en" ? "Sign in" : PseudoLanguage.Of("Sign in"), page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task A_header_of_ten_thousand_languages_costs_no_answer()
    {
        await using var site = AccountsSite.Start();
        using var visitor = site.Visit();
        visitor.Headers["Accept-Language"] = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"x{i}"));
        Assert.Equal("en", (await ParseAsync(await visitor.ReadAsync("/sign-in"))).DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task A_language_written_from_right_to_left_turns_the_page()
    {
        await using var site = AccountsSite.Start(services: services => services.PostConfigure<RequestLocalizationOptions>(o =>
        {
            o.SupportedCultures!.Add(CultureInfo.GetCultureInfo("ar"));
            o.SupportedUICultures!.Add(CultureInfo.GetCultureInfo("ar"));
        }));
        using var visitor = site.Visit();
        visitor.Headers["Accept-Language"] = "ar";
        foreach (var path in new[] { "/sign-in", "/nowhere" })
            Assert.Contains("<html lang=\"ar\" dir=\"rtl\"", await (await visitor.GetAsync(path)).Content.ReadAsStringAsync(),
                StringComparison.Ordinal);

        // A page of text, without rendering.
        visitor.Headers["Sec-Fetch-Site"] = "cross-site";
        using var refused = await visitor.PostAsync("/sign-in", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Contains("<html lang=\"ar\" dir=\"rtl\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_page_speaks_it_too()
    {
        await using var site = AccountsSite.Start(services: PseudoLanguage.Add);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        owner.Cookies[LanguageChoice.Cookie] = Pseudo;

        using var proof = await owner.ReauthenticateAsync("not the password");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, PseudoLanguage.Of("Wrong password.")),
            (proof.StatusCode, await proof.Content.ReadAsStringAsync()));

        using var query = await owner.GetAsync("/settings/sessions/history.csv?status=asleep");
        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
        var problem = await query.Content.ReadAsStringAsync();
        Assert.Contains(PseudoLanguage.Accented("must be one of"), System.Text.RegularExpressions.Regex.Unescape(problem), StringComparison.Ordinal);

        owner.Headers["Sec-Fetch-Site"] = "cross-site";
        using var refused = await owner.PostAsync("/sign-out", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Contains(PseudoLanguage.Accented("This request came from another site"), await refused.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HistoryEndpoint.FilePath)]
    [InlineData(AuditEndpoints.CsvPath)]
    public async Task A_spreadsheet_has_no_plain_English(string path)
    {
        await using var site = AccountsSite.Start(services: PseudoLanguage.Add);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var english = await owner.ReadAsync(path);
        Assert.Contains("ID,", english, StringComparison.Ordinal);

        owner.Cookies[LanguageChoice.Cookie] = Pseudo;
        var cells = (await owner.ReadAsync(path)).Split(['\n', ',']);
        // Ids, times, addresses and stable names are for programs.
        var plain = cells
            .Where(cell => cell.Any(char.IsAsciiLetter))
            .Where(cell => !cell.Contains('[', StringComparison.Ordinal) && !cell.Contains(']', StringComparison.Ordinal))
            .Where(cell => !Guid.TryParse(cell, out _) && !DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, out _)
                && !IPAddress.TryParse(cell, out _));
        Assert.Empty(plain.Except(["user.registered", "user.signed_in", "you", "test"], StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_for_programs_stay()
    {
        await using var site = AccountsSite.Start(services: PseudoLanguage.Add);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var english = await owner.ReadAsync(AuditEndpoints.JsonLinesPath);
        owner.Cookies[LanguageChoice.Cookie] = Pseudo;
        Assert.Equal(english, await owner.ReadAsync(AuditEndpoints.JsonLinesPath));
    }

    private static Task<AngleSharp.Dom.IDocument> ParseAsync(string html) =>
        BrowsingContext.New(Configuration.Default).OpenAsync(request => request.Content(html));
}
