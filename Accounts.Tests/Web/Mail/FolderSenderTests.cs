using System.Text;
using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;
using MimeKit;

namespace Accounts.Tests.Web.Mail;

/// <summary>Emails that become files.</summary>
public sealed class FolderSenderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Each_email_is_a_file_that_any_mail_program_reads()
    {
        using var room = Start(_folder.File("new/mail"));
        Assert.True(room.Sender.IsConfigured);
        var mail = MailRoom.Of(MailKind.SignInLink) with { Name = "Åda Löve", Device = new string('ü', 2000) };
        Assert.Equal([MailOutcome.Sent, MailOutcome.Sent], (await room.SendAsync(mail, mail)).Select(result => result.Outcome));

        var file = Assert.Single(Directory.GetFiles(_folder.File("new/mail")));
        Assert.Equal($"{mail.Id:N}.eml", Path.GetFileName(file));
        var bytes = await File.ReadAllBytesAsync(file);
        Assert.All(bytes, one => Assert.InRange(one, 1, 127));
        var lines = Encoding.ASCII.GetString(bytes).Split('\n');
        Assert.All(lines[..^1], line => Assert.EndsWith("\r", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 1000));
        using var read = MimeMessage.Load(file);
        Assert.Contains("Hello Åda Löve,", read.TextBody, StringComparison.Ordinal);
        Assert.Equal("Åda Löve", read.To.Mailboxes.Single().Name);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_stops_all_emails()
    {
        await File.WriteAllTextAsync(_folder.File("taken"), "");
        using (var room = Start(_folder.File("taken/mail")))
        {
            Assert.StartsWith(
                $"Emails can't be written into {_folder.File("taken/mail")} (Mail:Folder): ", await room.WhyNotAsync(), StringComparison.Ordinal);
        }

        using (var room = Start(_folder.File("free/mail")))
            Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    [Fact]
    public async Task An_address_that_cannot_be_read_is_refused()
    {
        using var room = Start(_folder.Path);
        var results = await room.SendAsync(MailRoom.Of(MailKind.NewSignIn, "a b@example.test"), MailRoom.Of(MailKind.NewSignIn));
        Assert.Equal([MailOutcome.Refused, MailOutcome.Sent], results.Select(result => result.Outcome));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static MailRoom Start(string folder) => new(
        ("Mail:Folder", folder), ("Mail:From", "Accounts <no-reply@example.test>"), ("Mail:BaseAddress", "https://accounts.example.test"));
}
