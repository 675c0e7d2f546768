using System.Text.RegularExpressions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>What the repository's own pages lead to: other pages, headings, tests and log categories.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_leads_to_a_file_and_its_heading()
    {
        var files = Repository.Files("*").ToHashSet(StringComparer.Ordinal);
        var folders = files.SelectMany(Folders).ToHashSet(StringComparer.Ordinal);
        var links = files.Where(IsPage).SelectMany(page => Links(Repository.Read(page)).Select(link => (Page: page, Link: link))).ToList();
        Assert.True(links.Count > 100, "Almost no link was found: the test is broken.");

        Assert.Equal("", string.Join('\n', links.Where(one => !Leads(one.Page, one.Link)).Select(one => $"{one.Page}: {one.Link}")));

        bool Leads(string page, string link)
        {
            var parts = link.Split('#', 2);
            var target = parts[0].Length is 0 ? page : Resolve(page, parts[0]);
            return parts.Length is 1
                ? files.Contains(target) || folders.Contains(target)
                : files.Contains(target) && IsPage(target) && Headings(Repository.Read(target)).Contains(parts[1], StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Every_test_that_a_page_names_exists()
    {
        var tests = Repository.Files("*Tests.cs").Select(file => $"/{file[..^".cs".Length]}").ToList();
        var named = Names(TestName());
        Assert.True(named.Count > 20, "Almost no test was found: the test is broken.");
        Assert.Equal("", string.Join('\n', named.Where(one => !tests.Exists(test => test.EndsWith($"/{one.Name}", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Every_log_category_that_a_page_names_exists()
    {
        var types = Product.Assemblies.SelectMany(assembly => assembly.GetTypes()).Select(type => type.FullName).ToHashSet(StringComparer.Ordinal);
        var named = Names(Category());
        Assert.True(named.Count > 20, "Almost no category was found: the test is broken.");
        Assert.Equal("", string.Join('\n', named.Where(one => !types.Contains(one.Name))));
    }

    [Fact]
    public void Links_and_headings_are_read_as_GitHub_reads_them()
    {
        const string Page = """
            # Who, what & why?
            See [a page](docs/a.md#its-part), ![a picture](b.png) and [a site](https://example.test/).
            <a href="c.md"><img src="c.png"></a> `[no](link.md)`
            ## Twice
            ## Twice
            ```
            # no heading, and [no](link.md)
            ```
            ## Lifetimes (`7.1.1`)
            """;
        Assert.Equal(["docs/a.md#its-part", "b.png", "c.md", "c.png"], Links(Page), StringComparer.Ordinal);
        Assert.Equal(["who-what--why", "twice", "twice-1", "lifetimes-711"], Headings(Page), StringComparer.Ordinal);
        Assert.Equal("docs/b.md", Resolve("docs/decisions/a.md", "../b.md"));
    }

    private static List<(string Page, string Name)> Names(Regex pattern) =>
    [
        .. Repository.Files("*.md").SelectMany(page => pattern.Matches(CodeBlock().Replace(Repository.Read(page), ""))
            .Select(match => (page, match.Groups["name"].Value))),
    ];

    private static bool IsPage(string file) => file.EndsWith(".md", StringComparison.Ordinal);

    private static IEnumerable<string> Folders(string file)
    {
        var parts = file.Split('/')[..^1];
        return parts.Select((_, index) => string.Join('/', parts[..(index + 1)]));
    }

    private static IEnumerable<string> Links(string page) => Link().Matches(InlineCode().Replace(CodeBlock().Replace(page, ""), ""))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>Returns what follows the # in a link to each heading.</summary>
    private static IEnumerable<string> Headings(string page)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var heading in Heading().Matches(CodeBlock().Replace(page, "")).Select(match => match.Groups["text"].Value.Trim()))
        {
            var name = NotInName().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');
            var times = seen[name] = seen.GetValueOrDefault(name, -1) + 1;
            yield return times is 0 ? name : $"{name}-{times}";
        }
    }

    private static string Resolve(string page, string link)
    {
        var root = Path.GetFullPath("/");
        return Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(page)!, link))).Replace('\\', '/');
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)|\s(href|src)=""(?<target>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`[^`\n]*`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"`(?<name>[A-Za-z/]+Tests)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?<name>Accounts(\.[A-Z][A-Za-z]+){3,})`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Category();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotInName();
}
