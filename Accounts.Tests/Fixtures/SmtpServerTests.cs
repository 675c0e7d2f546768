using System.Net.Sockets;
using MailKit.Net.Smtp;
using MimeKit;

namespace Accounts.Tests.Fixtures;

/// <summary>The mail server that tests use, with a client that isn't ours.</summary>
public sealed class SmtpServerTests
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task It_receives_refuses_stops_and_starts_again()
    {
        await using var server = await SmtpServer.StartAsync();
        await SendAsync(server, "First");
        await SendAsync(server, "Second");
        var mail = await server.NextAsync("ADA@example.test");
        Assert.Equal(("First", "no-reply@example.test", Ada), (mail.Subject, mail.From, mail.To));
        Assert.Equal(("https://accounts.example.test/?a=b", "123456"), (mail.Link.AbsoluteUri, mail.Code));
        Assert.Equal("Second", (await server.NextAsync(Ada)).Subject);

        await server.AnswerAsync(SmtpStep.Recipient, 550, "No such mailbox", Ada);
        Assert.Equal("No such mailbox", (await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(server, "Third"))).Message);
        await server.RefusedAsync(Ada);
        await server.AcceptAsync();
        await server.DropAsync(SmtpStep.Content);
        await Assert.ThrowsAsync<SmtpProtocolException>(() => SendAsync(server, "Third"));
        await server.RefusedAsync(Ada);

        await server.StopAsync();
        await Assert.ThrowsAsync<SocketException>(() => SendAsync(server, "Fourth"));
        await server.StartAgainAsync();
        await SendAsync(server, "Fifth");
        Assert.Equal("Fifth", (await server.NextAsync(Ada)).Subject);
        Assert.Equal(["First", "Second", "Fifth"], (await server.ReceivedAsync()).Select(one => one.Subject), StringComparer.Ordinal);
        Assert.Equal(5, await server.ConnectionsAsync());
    }

    private static async Task SendAsync(SmtpServer server, string subject)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", server.Port);
        using var message = new MimeMessage([new MailboxAddress("", "no-reply@example.test")], [new MailboxAddress("", Ada)], subject,
            new TextPart("plain") { Text = "See https://accounts.example.test/?a=b\n\n123 456\n" });
        await client.SendAsync(message);
    }
}
