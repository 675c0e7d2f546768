using System.Net;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.House;

/// <summary>The deployed program, published from a copy of the sources by the command in README.md.</summary>
public sealed class PublishTests : IDisposable
{
    private const string Script = "_framework/blazor.web.";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Publishing_leaves_the_sources_clean_and_every_file_is_served_compressed()
    {
        var copy = _folder.File("sources");
        var sources = Repository.Copy(copy, "Accounts.Core", "Accounts.AspNetCore", "Accounts.Web", "tools/Demo");

        var program = _folder.File("out");
        string[] publish = ["publish", "Accounts.Web", "-c", "Release", "-o", program, "-p:UseSharedCompilation=false"];
        var (exitCode, output) = await Command.RunAsync("dotnet", copy, publish);
        Assert.True(exitCode == 0, output);
        Assert.Equal("", string.Join('\n', Repository.Files("*", copy).Except(sources, StringComparer.Ordinal)));

        await using var application = AccountsProcess.Run(program, ("Storage__Path", _folder.File("accounts.db")));
        using var browser = new HttpClient { BaseAddress = await application.ListeningAsync() };
        browser.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        var files = Files(await browser.GetStringAsync("/sign-in"));
        using (var visitor = new Visitor(browser.BaseAddress, Visitor.Chrome))
        {
            using var registered = await visitor.SubmitAsync(
                "/register", ("Input.Name", "Ada"), ("Input.Email", "ada@example.test"), ("Input.Password", AccountsSite.Password));
            files = files.Union(Files(await visitor.ReadAsync("/settings")), StringComparer.Ordinal).ToList();
        }

        string[] expected = [Script, "mudblazor.", "theme.", "tokens.", "look.", "Accounts.Web."];
        Assert.All(expected, name => Assert.Contains(files, file => file.StartsWith(name, StringComparison.Ordinal)));
        Assert.Equal(2, files.Count(file => file.StartsWith("mudblazor.", StringComparison.Ordinal)));
        foreach (var file in files)
        {
            using var answer = await browser.GetAsync("/" + file);
            Assert.Equal((file, HttpStatusCode.OK, "br"), (file, answer.StatusCode, string.Join(' ', answer.Content.Headers.ContentEncoding)));
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        // The operators' command is another name of the same program. It runs beside it.
        var accounts = Path.Combine(program, OperatingSystem.IsWindows() ? "accounts.exe" : "accounts");
        string[] grant = ["grant-role", "ada@example.test", "Administrator", $"--Storage:Path={_folder.File("accounts.db")}"];
        (exitCode, output) = await Command.RunAsync(accounts, _folder.Path, grant);
        Assert.True(exitCode == 0, output);
        Assert.Contains("ada@example.test has the role Administrator now.", output, StringComparison.Ordinal);

        // Comments for developers stay out of the program.
        Assert.Empty(Directory.EnumerateFiles(program, "Accounts.*.xml"));
        // The output has no files of the packages' own, which would be served uncompressed.
        Assert.False(Directory.Exists(Path.Combine(program, "wwwroot", "_content")));
    }

    public void Dispose() => _folder.Dispose();

    private static List<string> Files(string page) => new HtmlParser().ParseDocument(page)
        .QuerySelectorAll("link[rel=stylesheet], script[src]")
        .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src")!)
        .ToList();
}
