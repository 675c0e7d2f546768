using Accounts.Core.Geolocation;
using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;
using Accounts.Web.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using MimeKit;

namespace Accounts.Tests.Web.Mail;

/// <summary>The room Mail with settings, and nothing else of the application.</summary>
internal sealed class MailRoom : IDisposable
{
    public const string Ada = "ada@example.test";

    /// <summary>The secret of every email that <see cref="Of"/> makes. It needs escaping in a query.</summary>
    public const string Token = "q+T/0-k_e=n";

    private readonly ServiceProvider _services;

    public MailRoom(params (string Key, string Value)[] settings)
        : this(false, settings)
    {
    }

    public MailRoom(bool isDevelopment, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { ContentRootPath = Path.GetTempPath() });
        services.AddMail(Configure(settings), isDevelopment);
        _services = services.BuildServiceProvider();
    }

    public TestClock Clock { get; } = new();

    public IMailSender Sender => _services.GetRequiredService<IMailSender>();

    /// <summary>A configuration in which a later value replaces an earlier one.</summary>
    public static IConfiguration Configure(params (string Key, string Value)[] settings)
    {
        var builder = new ConfigurationBuilder();
        foreach (var (key, value) in settings)
            builder.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
        return builder.Build();
    }

    /// <summary>A room that writes no emails anywhere: for their words.</summary>
    public static MailRoom ForWords() => new(
        ("Mail:Folder", "unused"), ("Mail:From", "Accounts <no-reply@example.test>"), ("Mail:BaseAddress", "https://accounts.example.test"));

    /// <summary>An email in which everything has a value that any kind may need.</summary>
    public static OutgoingMail Of(MailKind kind, string to = Ada) => new()
    {
        Id = Guid.NewGuid(),
        Kind = kind,
        To = to,
        Name = "Ada Lovelace",
        At = new DateTimeOffset(2026, 11, 18, 12, 3, 0, TimeSpan.Zero),
        Token = Token,
        ExpiresAt = new DateTimeOffset(2026, 11, 18, 12, 18, 0, TimeSpan.Zero),
        Device = "Chrome 156 on Windows 11",
        Place = new Place { CountryCode = "FR", Country = "France", City = "Lyon" },
        DueAt = new DateTimeOffset(2026, 11, 19, 12, 3, 0, TimeSpan.Zero),
    };

    /// <summary>Writes an email as it would be sent.</summary>
    public ReceivedMail Write(OutgoingMail mail)
    {
        var to = MailComposer.RecipientOf(mail);
        Assert.NotNull(to);
        using var message = _services.GetRequiredService<MailComposer>().Compose(mail, to);
        using var bytes = new MemoryStream();
        message.WriteTo(bytes);
        return new ReceivedMail(message.From.Mailboxes.Single().Address, mail.To, bytes.ToArray());
    }

    /// <summary>Sends emails over one connection.</summary>
    public async Task<IReadOnlyList<MailResult>> SendAsync(params OutgoingMail[] mails)
    {
        await using var connection = await Sender.ConnectAsync();
        List<MailResult> results = [];
        foreach (var mail in mails)
            results.Add(await connection.SendAsync(mail));
        return results;
    }

    /// <summary>Sends an email that nobody takes now, and returns why.</summary>
    public async Task<string> WhyNotAsync(OutgoingMail? mail = null) =>
        (await Assert.ThrowsAsync<MailUnavailableException>(() => SendAsync(mail ?? Of(MailKind.NewSignIn))).WaitAsync(Patience.Limit)).Message;

    public void Dispose() => _services.Dispose();
}
