using System.Net;
using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Web.Mail;

/// <summary>The pages on which a developer reads the emails of the server.</summary>
public sealed class DevelopmentMailTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private (string, string)[] Settings =>
    [
        ("Mail:Folder", _folder.File("mail")),
        ("Mail:From", "Accounts <no-reply@example.test>"),
        ("Mail:BaseAddress", "https://accounts.example.test"),
    ];

    [Fact]
    public async Task A_developer_reads_the_emails_newest_first_and_opens_their_links()
    {
        await using var application = AccountsProcess.Run(
            null, [.. Settings, ("Storage:Path", _folder.File("accounts.db")), ("ASPNETCORE_ENVIRONMENT", "Development")]);
        using var visitor = new Visitor(await application.ListeningAsync(), Visitor.Chrome);
        var link = Page(await visitor.ReadAsync("/sign-in")).QuerySelectorAll("a")
            .Single(one => one.TextContent is "Emails of this server");
        Assert.Equal("development/mail", link.GetAttribute("href"));
        Assert.Contains("No emails yet.", await visitor.ReadAsync("/development/mail"), StringComparison.Ordinal);

        var (first, second) = (MailRoom.Of(MailKind.SignInLink), MailRoom.Of(MailKind.NewSignIn, "grace@example.test") with { Device = "<b>x</b>" });
        using var room = new MailRoom(Settings);
        await room.SendAsync(first, second);
        // Neither of these is an email of ours.
        await File.WriteAllTextAsync(Path.Combine(_folder.File("mail"), "notes.eml"), "Subject: Notes");
        await File.WriteAllTextAsync(Path.Combine(_folder.File("mail"), $"{Guid.NewGuid():N}.eml.tmp"), "");
        File.SetLastWriteTimeUtc(FileOf(first), File.GetLastWriteTimeUtc(FileOf(second)).AddHours(-1));

        var list = Page(await visitor.ReadAsync("/development/mail")).QuerySelectorAll("main li");
        Assert.Equal(
            ["New sign-in to your account", "Your sign-in link"], list.Select(one => one.QuerySelector("a")!.TextContent), StringComparer.Ordinal);
        Assert.Contains("To grace@example.test", list[0].TextContent, StringComparison.Ordinal);
        Assert.Equal($"development/mail/{second.Id:N}", list[0].QuerySelector("a")!.GetAttribute("href"));

        var shown = Page(await visitor.ReadAsync($"/development/mail/{first.Id:N}")).QuerySelector("main")!;
        Assert.Equal("Your sign-in link", shown.QuerySelector("h1")!.TextContent);
        Assert.Contains("Hello Ada Lovelace,", shown.TextContent, StringComparison.Ordinal);
        Assert.Equal(
            "https://accounts.example.test/sign-in/link?token=q%2BT%2F0-k_e%3Dn", shown.QuerySelectorAll("div a")[0].GetAttribute("href"));
        shown = Page(await visitor.ReadAsync($"/development/mail/{second.Id:N}")).QuerySelector("main")!;
        Assert.Contains("Device: <b>x</b>", shown.TextContent, StringComparison.Ordinal);

        foreach (var id in new[] { "notes", $"{Guid.NewGuid():N}", $"{first.Id:D}", "..%2F..%2Fmail", $"{first.Id:N}.eml" })
            Assert.Equal((id, HttpStatusCode.NotFound), (id, await StatusAsync(visitor, $"/development/mail/{id}")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, $"/development/mail/{first.Id:N}"));
    }

    // Guard: IsDevelopment on both pages. The test above is the control.
    [Fact]
    public async Task Outside_Development_there_are_no_such_pages()
    {
        await using var site = AccountsSite.Start(settings: Settings);
        var mail = MailRoom.Of(MailKind.SignInLink);
        await using (var connection = await site.Get<IMailSender>().ConnectAsync())
            Assert.Equal(MailOutcome.Sent, (await connection.SendAsync(mail)).Outcome);
        Assert.True(File.Exists(FileOf(mail)));

        using var visitor = site.Visit();
        foreach (var path in new[] { "/development/mail", $"/development/mail/{mail.Id:N}" })
        {
            using var answer = await visitor.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
            Assert.Contains("Page not found", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Your sign-in link", text, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<HttpStatusCode> StatusAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        return answer.StatusCode;
    }

    private static IHtmlDocument Page(string html) => new HtmlParser().ParseDocument(html);

    private string FileOf(OutgoingMail mail) => Path.Combine(_folder.File("mail"), $"{mail.Id:N}.eml");
}
