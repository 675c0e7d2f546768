using System.Net.Sockets;
using System.Text.RegularExpressions;
using Accounts.Core.Users;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Accounts.Web.Mail;

/// <summary>What a mail server said or did, in words for operators. They never contain a recipient or a secret.</summary>
internal static partial class MailFailure
{
    private const int DetailLimit = 200;

    /// <summary>Explains why no email can be sent; null if the failure isn't the mail server's.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="server">The mail server: "smtp.example.com:587".</param>
    /// <param name="options">How it is used.</param>
    public static string? Explain(Exception failure, string server, MailOptions options) => failure switch
    {
        AuthenticationException or SaslException => $"{server} refuses Mail:UserName and Mail:Password.",
        ServiceNotAuthenticatedException => $"{server} takes emails only from users. Set Mail:UserName and Mail:Password.",
        TimeoutException or SslHandshakeException { InnerException: TimeoutException } =>
            $"{server} didn't answer within {options.Timeout:c} (Mail:Timeout).",
        SslHandshakeException => $"No TLS with {server}: its certificate isn't trusted, has expired or names another host, "
            + $"or Mail:Security ({options.Security}) isn't what this port speaks.",
        NotSupportedException => $"{server} doesn't offer what Mail:Security ({options.Security}) or Mail:UserName needs.",
        SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } refusal => $"{server} takes no email from Mail:From: {Said(refusal)}",
        SmtpCommandException refusal => $"{server} takes no emails: {Said(refusal)}",
        SocketException refusal => $"{server} can't be reached: {refusal.SocketErrorCode}.",
        IOException or ProtocolException or ServiceNotConnectedException => $"The connection to {server} broke.",
        _ => null,
    };

    /// <summary>A refusal as the server put it: "550 No such mailbox".</summary>
    public static string Said(SmtpCommandException refusal) => Tidy($"{(int)refusal.StatusCode} {refusal.Message}");

    /// <summary>A server's words on one line of at most 200 characters, without the addresses that are in them.</summary>
    public static string Tidy(string text) => TypedText.Cut(TypedText.Clean(Address().Replace(text, "…")), DetailLimit);

    // Servers repeat the recipient: "<ada@example.test>: no such user", also with a quoted name before the @.
    [GeneratedRegex("""("[^"]*"|[^\s<>"'(),;:\[\]]+)@[^\s<>"'(),;]+""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
