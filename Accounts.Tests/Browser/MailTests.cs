using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Web.Mail;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>Emails as a mail program draws them: light and dark, on a desktop and on a phone.</summary>
[Collection(BrowserTests.Name)]
public sealed class MailTests(Chromium chromium)
{
    /// <summary>A folder that gets a picture of each email.</summary>
    private const string Pictures = "ACCOUNTS_MAIL_PICTURES";

    public static MatrixTheoryData<ColorScheme, int> Looks => new([ColorScheme.Light, ColorScheme.Dark], [800, 390]);

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Every_email_fits_and_passes_axe(ColorScheme colours, int width)
    {
        using var room = MailRoom.ForWords();
        await using var profile = await chromium.OpenProfileAsync(
            new BrowserNewContextOptions { ColorScheme = colours, ViewportSize = new ViewportSize { Width = width, Height = 800 } });
        var page = await profile.NewPageAsync();
        List<string> asked = [];
        page.Request += (_, request) => asked.Add(request.Url);
        List<string> wrong = [];
        foreach (var kind in Enum.GetValues<MailKind>())
        {
            await page.SetContentAsync(room.Write(MailsOf(kind)).Html);
            // A word that is too long widens the page.
            if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth") is var wide && wide > width)
                wrong.Add($"{kind} is {wide} pixels wide.");
            var found = await page.RunAxe();
            wrong.AddRange(found.Violations.Select(one => $"{kind}: {one.Id}: {string.Join(", ", one.Nodes.Select(node => node.Html))}"));
            if (Environment.GetEnvironmentVariable(Pictures) is { Length: > 0 } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{kind}-{colours}-{width}.png"), FullPage = true });
        }

        Assert.Equal("", string.Join('\n', wrong));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task The_pages_that_show_emails_pass_axe()
    {
        using var folder = new TempFolder();
        (string, string)[] settings = [("Mail:Folder", folder.File("mail")), ("Mail:From", "a@example.test"), ("Mail:BaseAddress", "https://a.test")];
        var mail = MailsOf(MailKind.DeletionRequested);
        using var room = new MailRoom(settings);
        await room.SendAsync(mail);
        await using var application = AccountsProcess.Run(
            null, [.. settings, ("Storage:Path", folder.File("accounts.db")), ("ASPNETCORE_ENVIRONMENT", "Development")]);
        await using var person = await Person.OpenAsync(chromium, await application.ListeningAsync(), phone: true);
        foreach (var path in new[] { "/sign-in", "/development/mail", $"/development/mail/{mail.Id:N}" })
        {
            await person.GoAsync(path);
            Assert.Empty((await person.Page.RunAxe()).Violations.Select(one => $"{path}: {one.Id}"));
            Assert.Equal(390, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }

        await Assertions.Expect(person.Page.GetByText("Hello WWW")).ToBeVisibleAsync();
    }

    private static OutgoingMail MailsOf(MailKind kind)
    {
        var mail = MailRoom.Of(kind);
        return kind switch
        {
            MailKind.ProofCode => mail with { Token = "48213907" },
            // What staff do comes from no device of the owner's.
            MailKind.TwoFactorResetRequested or MailKind.TwoFactorReset or MailKind.ViewBegan => mail with
            {
                Device = null, Place = null, Reason = "Lost the phone; identity checked by telephone, ticket 48213",
            },
            MailKind.DeletionRequested => mail with
            {
                Name = new string('W', 60), Device = new string('M', 120), To = $"{new string('w', 60)}@{new string('m', 60)}.example.test",
            },
            _ => mail,
        };
    }
}
