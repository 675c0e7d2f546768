using System.Net;
using System.Net.Sockets;
using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Mail;

/// <summary>What becomes of emails at a real mail server.</summary>
public sealed class SmtpSenderTests
{
    private const string Grace = "grace@example.test";

    [Fact]
    public async Task An_email_arrives_with_two_parts_that_lead_to_the_same_place()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        Assert.True(room.Sender.IsConfigured);
        var mail = MailRoom.Of(MailKind.SignInLink);
        var result = Assert.Single(await room.SendAsync(mail));
        Assert.Equal((MailOutcome.Sent, "Queued"), (result.Outcome, result.Detail));

        var received = await server.NextAsync(MailRoom.Ada);
        Assert.Equal(("no-reply@example.test", "Your sign-in link"), (received.From, received.Subject));
        Assert.Equal("\"Accounts\" <no-reply@example.test>", received.Message.From.ToString());
        Assert.Equal("\"Ada Lovelace\" <ada@example.test>", received.Message.To.ToString());
        Assert.Equal("https://accounts.example.test/sign-in/link?token=q%2BT%2F0-k_e%3Dn", received.Link.AbsoluteUri);
        Assert.Contains($"href=\"{received.Link.AbsoluteUri}\"", received.Html, StringComparison.Ordinal);
        Assert.Equal($"{mail.Id:N}@example.test", received.MessageId);
        Assert.Equal("auto-generated", received.Message.Headers["Auto-Submitted"]);
        Assert.Equal(room.Clock.GetUtcNow(), received.Message.Date);
    }

    [Fact]
    public async Task A_batch_has_one_connection()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        var results = await room.SendAsync([.. Enumerable.Range(0, 50).Select(_ => MailRoom.Of(MailKind.NewSignIn))]);
        Assert.All(results, result => Assert.Equal(MailOutcome.Sent, result.Outcome));
        Assert.Equal(50, (await server.ReceivedAsync()).DistinctBy(mail => mail.MessageId, StringComparer.Ordinal).Count());
        Assert.Equal(1, await server.ConnectionsAsync());

        await room.SendAsync(MailRoom.Of(MailKind.NewSignIn));
        Assert.Equal(2, await server.ConnectionsAsync());
    }

    [Fact]
    public async Task An_email_that_is_sent_again_has_the_same_id()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        var (mail, other) = (MailRoom.Of(MailKind.NewSignIn), MailRoom.Of(MailKind.NewSignIn));
        await room.SendAsync(mail, mail, other);
        var ids = (await server.ReceivedAsync()).Select(one => one.MessageId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2], StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(SmtpStep.Recipient, 550, MailOutcome.Refused)]
    [InlineData(SmtpStep.Recipient, 553, MailOutcome.Refused)]
    [InlineData(SmtpStep.Recipient, 451, MailOutcome.Postponed)]
    [InlineData(SmtpStep.Recipient, 450, MailOutcome.Postponed)]
    [InlineData(SmtpStep.Content, 554, MailOutcome.Refused)]
    [InlineData(SmtpStep.Content, 452, MailOutcome.Postponed)]
    public async Task A_refusal_of_one_email_says_whether_to_try_again_and_the_others_go_on(SmtpStep step, int code, MailOutcome outcome)
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.AnswerAsync(step, code, $"<{MailRoom.Ada}>: not {MailRoom.Ada.ToUpperInvariant()}, {new string('x', 300)}", MailRoom.Ada);
        var results = await room.SendAsync(MailRoom.Of(MailKind.NewSignIn), MailRoom.Of(MailKind.NewSignIn, Grace));
        Assert.Equal([outcome, MailOutcome.Sent], results.Select(result => result.Outcome));
        Assert.Equal(Grace, Assert.Single(await server.ReceivedAsync()).To);
        Assert.Equal(1, await server.ConnectionsAsync());

        Assert.StartsWith($"{code} <…>: not …, xxx", results[0].Detail, StringComparison.Ordinal);
        Assert.Equal(200, results[0].Detail!.Length);

        // The server takes the same email as soon as it wants to.
        await server.AcceptAsync();
        Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    [Theory]
    [InlineData(550)]
    [InlineData(451)]
    public async Task A_refused_sender_stops_all_emails(int code)
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.AnswerAsync(SmtpStep.Sender, code, "Not from <no-reply@example.test>");
        Assert.Equal($"127.0.0.1:{server.Port} takes no email from Mail:From: {code} Not from <…>", await room.WhyNotAsync());

        await server.AcceptAsync();
        Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    [Theory]
    [InlineData(SmtpStep.Connect)]
    [InlineData(SmtpStep.Sender)]
    [InlineData(SmtpStep.Recipient)]
    [InlineData(SmtpStep.Content)]
    public async Task A_cut_connection_stops_all_emails(SmtpStep step)
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.DropAsync(step);
        Assert.Equal($"The connection to 127.0.0.1:{server.Port} broke.", await room.WhyNotAsync());
        Assert.Empty(await server.ReceivedAsync());

        await server.AcceptAsync();
        Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    // Guard: Timeout in SmtpSender. Without it, the test ends only by Patience.
    [Theory]
    [InlineData(SmtpStep.Connect)]
    [InlineData(SmtpStep.Recipient)]
    [InlineData(SmtpStep.Content)]
    public async Task A_silent_server_stops_all_emails(SmtpStep step)
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom([.. server.Settings, ("Mail:Timeout", "00:00:01")]);
        await server.StaySilentAsync(step);
        Assert.Equal($"127.0.0.1:{server.Port} didn't answer within 00:00:01 (Mail:Timeout).", await room.WhyNotAsync());
    }

    // Guard: the handshake's case in MailFailure.Explain.
    [Fact]
    public async Task A_server_that_is_silent_in_the_TLS_handshake_stops_all_emails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var room = new MailRoom(
            ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{port}"), ("Mail:Security", "Tls"), ("Mail:From", "no-reply@example.test"),
            ("Mail:BaseAddress", "https://accounts.example.test"), ("Mail:Timeout", "00:00:01"));
        Assert.Equal($"127.0.0.1:{port} didn't answer within 00:00:01 (Mail:Timeout).", await room.WhyNotAsync());
    }

    [Fact]
    public async Task A_server_that_is_down_stops_all_emails_until_it_is_up()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.StopAsync();
        Assert.Equal($"127.0.0.1:{server.Port} can't be reached: ConnectionRefused.", await room.WhyNotAsync());
        await server.StartAgainAsync();
        Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    [Fact]
    public async Task A_server_that_takes_no_emails_at_all_says_so_in_its_greeting()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.AnswerAsync(SmtpStep.Connect, 554, "Blocked, see postmaster@example.test");
        Assert.Equal($"127.0.0.1:{server.Port} takes no emails: 554 Blocked, see …", await room.WhyNotAsync());
    }

    [Fact]
    public async Task Only_the_right_password_signs_in()
    {
        await using var server = await SmtpServer.StartAsync(new SmtpSetup(UserName: "accounts", Password: "right-secret"));
        using (var room = new MailRoom(server.Settings))
            Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);

        using (var wrong = new MailRoom([.. server.Settings, ("Mail:Password", "wrong-secret")]))
            Assert.Equal($"127.0.0.1:{server.Port} refuses Mail:UserName and Mail:Password.", await wrong.WhyNotAsync());
        using (var nobody = new MailRoom([.. server.Settings, ("Mail:UserName", ""), ("Mail:Password", "")]))
        {
            Assert.Equal(
                $"127.0.0.1:{server.Port} takes emails only from users. Set Mail:UserName and Mail:Password.", await nobody.WhyNotAsync());
        }

        Assert.Single(await server.ReceivedAsync());
    }

    // Guards: StartTls and not StartTlsWhenAvailable in SmtpSender, and no callback that accepts any certificate.
    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task A_certificate_that_nobody_trusts_stops_all_emails(string security)
    {
        await using var server = await SmtpServer.StartAsync(new SmtpSetup(security));
        using var room = new MailRoom(server.Settings);
        Assert.StartsWith($"No TLS with 127.0.0.1:{server.Port}: its certificate isn't trusted", await room.WhyNotAsync(), StringComparison.Ordinal);
        Assert.Empty(await server.ReceivedAsync());
    }

    // .NET reads whom it trusts when a process starts. So the test runs itself in another process, which trusts the server.
    [Fact]
    public async Task A_certificate_that_the_machine_trusts_protects_the_email()
    {
        const string Variable = "ACCOUNTS_TESTS_MAIL";
        if (Environment.GetEnvironmentVariable(Variable) is { } settings)
        {
            using var room = new MailRoom([.. settings.Split('\n').Select(line => line.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
            Assert.Equal(MailOutcome.Sent, Assert.Single(await room.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
            return;
        }

        using var folder = new TempFolder();
        using var certificate = Certificates.Of("localhost");
        await File.WriteAllTextAsync(folder.File("trusted.pem"), certificate.ExportCertificatePem());
        foreach (var security in new[] { "StartTls", "Tls" })
        {
            await using var server = await SmtpServer.StartAsync(new SmtpSetup(security, Certificate: certificate));
            var named = string.Join('\n', server.Settings.Append(("Mail:Host", "localhost")).Select(one => $"{one.Item1}={one.Item2}"));
            var (exitCode, output) = await Command.RunAsync(
                "dotnet", AppContext.BaseDirectory, [("SSL_CERT_FILE", folder.File("trusted.pem")), (Variable, named)],
                typeof(SmtpSenderTests).Assembly.Location, "-method", $"*.{nameof(A_certificate_that_the_machine_trusts_protects_the_email)}");
            Assert.True(exitCode == 0, output);
            Assert.Equal(MailRoom.Ada, Assert.Single(await server.ReceivedAsync()).To);
        }
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_email_that_needs_it()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom([.. server.Settings, ("Mail:Security", "StartTls")]);
        Assert.Equal(
            $"127.0.0.1:{server.Port} doesn't offer what Mail:Security (StartTls) or Mail:UserName needs.", await room.WhyNotAsync());
        Assert.Empty(await server.ReceivedAsync());

        using var open = new MailRoom(server.Settings);
        Assert.Equal(MailOutcome.Sent, Assert.Single(await open.SendAsync(MailRoom.Of(MailKind.NewSignIn))).Outcome);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("")]
    [InlineData("a b@example.test")]
    [InlineData("Ada <ada@example.test>")]
    [InlineData("ada@example.test, grace@example.test")]
    [InlineData("ada@example.test\r\nBcc: grace@example.test")]
    [InlineData("ada@example.test\r\nDATA")]
    public async Task An_address_that_cannot_be_read_is_refused_and_the_others_go_on(string address)
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        var results = await room.SendAsync(MailRoom.Of(MailKind.NewSignIn, address), MailRoom.Of(MailKind.NewSignIn, Grace));
        Assert.Equal(new MailResult(MailOutcome.Refused, "The address can't be read."), results[0]);
        Assert.Equal(MailOutcome.Sent, results[1].Outcome);
        Assert.Equal(Grace, Assert.Single(await server.ReceivedAsync()).To);
    }

    [Theory]
    [InlineData("ada@exämple.test", true, MailOutcome.Sent)]
    [InlineData("ada@exämple.test", false, MailOutcome.Sent)]
    [InlineData("ädä@example.test", true, MailOutcome.Sent)]
    [InlineData("ädä@example.test", false, MailOutcome.Refused)]
    public async Task An_international_address_needs_a_server_that_takes_it(string address, bool utf8, MailOutcome outcome)
    {
        await using var server = await SmtpServer.StartAsync(new SmtpSetup(Utf8: utf8));
        using var room = new MailRoom(server.Settings);
        var results = await room.SendAsync(MailRoom.Of(MailKind.NewSignIn, address), MailRoom.Of(MailKind.NewSignIn, Grace));
        Assert.Equal([outcome, MailOutcome.Sent], results.Select(result => result.Outcome));
        Assert.Equal(outcome is MailOutcome.Sent ? 2 : 1, (await server.ReceivedAsync()).Count);
    }

    [Fact]
    public async Task A_name_adds_no_header_and_no_recipient()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        const string Name = "Ada\r\nBcc: grace@example.test\r\n\r\nHello\u0000 \"<x@example.test>,";
        await room.SendAsync(MailRoom.Of(MailKind.NewSignIn) with { Name = Name });
        var mail = Assert.Single(await server.ReceivedAsync());
        Assert.Equal(
            ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-Id", "Subject", "To"],
            mail.Message.Headers.Concat(mail.Message.Body!.Headers).Select(header => header.Field).Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(MailRoom.Ada, Assert.Single(mail.Message.To.Mailboxes).Address);
    }

    [Fact]
    public async Task A_caller_that_stops_gets_no_verdict_on_the_server()
    {
        await using var server = await SmtpServer.StartAsync();
        using var room = new MailRoom(server.Settings);
        await server.StaySilentAsync(SmtpStep.Recipient);
        await using var connection = await room.Sender.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var sending = connection.SendAsync(MailRoom.Of(MailKind.NewSignIn), stop.Token);
        await server.RefusedAsync(MailRoom.Ada);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Without_a_setting_nothing_is_sent()
    {
        using var room = new MailRoom();
        Assert.False(room.Sender.IsConfigured);
        Assert.Equal("No setting says where emails go. Set Mail:Host or Mail:Folder.", await room.WhyNotAsync());
    }
}
