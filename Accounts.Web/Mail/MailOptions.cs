using Accounts.Core.Settings;
using FluentValidation;
using MimeKit;

namespace Accounts.Web.Mail;

/// <summary>
/// How emails leave: to a mail server, or into a folder. Section <c>Mail</c>. If there is neither, Accounts sends no email.
/// </summary>
public sealed class MailOptions
{
    internal const string DevelopmentFolder = "App_Data/mail";
    internal const string DevelopmentFrom = "Accounts <accounts@localhost>";

    /// <summary>The mail server: a name or an IP address. Default: empty, no server.</summary>
    public string Host { get; set; } = "";

    /// <summary>The mail server's port. Default: 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection to the mail server is encrypted. Default: <c>StartTls</c>.</summary>
    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Who signs in to the mail server. Default: empty, nobody.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The password of <see cref="UserName"/>.</summary>
    [Secret]
    public string Password { get; set; } = "";

    /// <summary>The sender: <c>Accounts &lt;no-reply@example.com&gt;</c>. Required for a server and for a folder.</summary>
    public string From { get; set; } = "";

    /// <summary>A folder that gets emails as <c>.eml</c> files, relative to the content root. Default: empty, no folder.</summary>
    public string Folder { get; set; } = "";

    /// <summary>
    /// The dashboard's public address, with which links in emails begin. Required for a server, and outside Development also for a folder.
    /// </summary>
    public string BaseAddress { get; set; } = "";

    /// <summary>How long the mail server may take for an answer. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads a sender; null if it isn't one address with a domain.</summary>
    internal static MailboxAddress? ReadFrom(string text) =>
        !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var sender) && sender.Domain.Length > 0 ? sender : null;

    /// <summary>Reads the dashboard's address; null if links must not begin with it.</summary>
    internal static Uri? ReadBaseAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "https" or "http", UserInfo: "", PathAndQuery: "/", Fragment: "" }
        && !text.Contains('#', StringComparison.Ordinal)
        && (address.Scheme is "https" || address.IsLoopback)
            ? address
            : null;

    /// <summary>Whether a host is this machine.</summary>
    internal static bool IsThisMachine(string host) =>
        Uri.CheckHostName(host) is not UriHostNameType.Unknown && new UriBuilder("http", host).Uri.IsLoopback;
}

/// <summary>How a connection to a mail server is encrypted.</summary>
public enum MailSecurity
{
    /// <summary>By STARTTLS, as usual on port 587. A server that doesn't offer it gets no email.</summary>
    StartTls,

    /// <summary>From the first byte, as usual on port 465.</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine or in a private network.</summary>
    None,
}

internal sealed class MailOptionsValidator : AbstractValidator<MailOptions>
{
    private const string AddressRule =
        "must be the dashboard's public address, without a path: https, or http on localhost, such as https://accounts.example.com.";

    public MailOptionsValidator(bool isDevelopment)
    {
        RuleFor(o => o.Host).Must(host => host.Length == 0 || Uri.CheckHostName(host) is not UriHostNameType.Unknown)
            .WithMessage("must be empty, or the name or the IP address of a mail server, without a scheme and a port, such as smtp.example.com.");
        RuleFor(o => o.Port).InclusiveBetween(1, 65535).WithMessage("must be between 1 and 65535. Most mail servers take emails at 587 or 465.");
        RuleFor(o => o.Folder).Empty().WithMessage("emails go to a server or into a folder. Remove Mail:Folder or Mail:Host.")
            .When(o => o.Host.Length > 0);
        RuleFor(o => o.UserName).NotEmpty().WithMessage("must be set if Mail:Password is. Set it, or remove Mail:Password.")
            .When(o => o.Password.Length > 0);
        RuleFor(o => o.UserName)
            .Must((o, name) => name.Length == 0 || o.Security != MailSecurity.None || MailOptions.IsThisMachine(o.Host))
            .WithMessage("must not cross a network without encryption. Set Mail:Security to StartTls or Tls, or remove Mail:UserName.")
            .When(o => o.Host.Length > 0);
        RuleFor(o => o.Password).NotEmpty().WithMessage("must be set if Mail:UserName is. Set it in the environment (Mail__Password).")
            .When(o => o.UserName.Length > 0);
        RuleFor(o => o.From).Must((o, from) => (from.Length == 0 && o.Host.Length + o.Folder.Length == 0) || MailOptions.ReadFrom(from) is not null)
            .WithMessage("must be the sender of emails, such as Accounts <no-reply@example.com>.");
        RuleFor(o => o.BaseAddress).NotEmpty().WithMessage($"is missing, and links in emails begin with it. It {AddressRule}")
            .When(o => o.Host.Length > 0 || (o.Folder.Length > 0 && !isDevelopment));
        RuleFor(o => o.BaseAddress).Must(address => address.Length == 0 || MailOptions.ReadBaseAddress(address) is not null).WithMessage(AddressRule);
        RuleFor(o => o.Timeout).InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
            .WithMessage("must be between 1 second and 5 minutes.");
    }
}
