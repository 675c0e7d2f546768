using Accounts.Tests.Fixtures;
using Accounts.Web.Mail;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Web.Mail;

/// <summary>The settings of emails: what is refused with which words, and what Development does without any.</summary>
public sealed class MailOptionsTests
{
    private const string AddressRule =
        "must be the dashboard's public address, without a path: https, or http on localhost, such as https://accounts.example.com.";

    private static readonly (string Key, string Value)[] Server =
        [("Mail:Host", "smtp.example.com"), ("Mail:From", "Accounts <no-reply@example.com>"), ("Mail:BaseAddress", "https://accounts.example.com")];

    private static readonly (string Key, string Value)[] Folder =
        [("Mail:Folder", "mail"), ("Mail:From", "no-reply@example.com"), ("Mail:BaseAddress", "https://accounts.example.com")];

    public static TheoryData<string, string> Wrong => new()
    {
        { "Mail:Host=smtp example", "Host: must be empty, or the name or the IP address of a mail server, without a scheme and a port, such as "
            + "smtp.example.com. It is 'smtp example'." },
        { "Mail:Host=smtp://example.com", "Host: must be empty, or the name or the IP address of a mail server, without a scheme and a port, such as "
            + "smtp.example.com. It is 'smtp://example.com'." },
        { "Mail:Port=0", "Port: must be between 1 and 65535. Most mail servers take emails at 587 or 465. It is '0'." },
        { "Mail:Port=65536", "Port: must be between 1 and 65535. Most mail servers take emails at 587 or 465. It is '65536'." },
        { "Mail:Security=SSL", "Security: must be one of StartTls, Tls, None. It is 'SSL'." },
        { "Mail:Folder=mail", "Folder: emails go to a server or into a folder. Remove Mail:Folder or Mail:Host. It is 'mail'." },
        { "Mail:UserName=ada", "Password: must be set if Mail:UserName is. Set it in the environment (Mail__Password)." },
        { "Mail:Password=secret", "UserName: must be set if Mail:Password is. Set it, or remove Mail:Password. It is ''." },
        { "Mail:UserName=ada;Mail:Password=secret;Mail:Security=None", "UserName: must not cross a network without encryption. Set Mail:Security to "
            + "StartTls or Tls, or remove Mail:UserName. It is 'ada'." },
        { "Mail:From=", "From: must be the sender of emails, such as Accounts <no-reply@example.com>. It is ''." },
        { "Mail:From=Accounts", "From: must be the sender of emails, such as Accounts <no-reply@example.com>. It is 'Accounts'." },
        { "Mail:From=a@example.com, b@example.com",
            "From: must be the sender of emails, such as Accounts <no-reply@example.com>. It is 'a@example.com, b@example.com'." },
        { "Mail:BaseAddress=", $"BaseAddress: is missing, and links in emails begin with it. It {AddressRule} It is ''." },
        { "Mail:BaseAddress=accounts.example.com", $"BaseAddress: {AddressRule} It is 'accounts.example.com'." },
        { "Mail:BaseAddress=http://accounts.example.com", $"BaseAddress: {AddressRule} It is 'http://accounts.example.com'." },
        { "Mail:BaseAddress=https://accounts.example.com/app", $"BaseAddress: {AddressRule} It is 'https://accounts.example.com/app'." },
        { "Mail:BaseAddress=https://accounts.example.com/?a", $"BaseAddress: {AddressRule} It is 'https://accounts.example.com/?a'." },
        { "Mail:BaseAddress=https://accounts.example.com/#", $"BaseAddress: {AddressRule} It is 'https://accounts.example.com/#'." },
        { "Mail:BaseAddress=https://ada@accounts.example.com", $"BaseAddress: {AddressRule} It is 'https://ada@accounts.example.com'." },
        { "Mail:BaseAddress=ftp://accounts.example.com", $"BaseAddress: {AddressRule} It is 'ftp://accounts.example.com'." },
        { "Mail:Timeout=00:00:00.9", "Timeout: must be between 1 second and 5 minutes. It is '00:00:00.9000000'." },
        { "Mail:Timeout=00:05:01", "Timeout: must be between 1 second and 5 minutes. It is '00:05:01'." },
        { "Mail:Sever=x", "Sever: unknown setting. Use one of Host, Port, Security, UserName, Password, From, Folder, BaseAddress, Timeout." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named_with_its_rule_and_what_to_do(string settings, string message)
    {
        var changes = settings.Split(';').Select(one => one.Split('=', 2)).Select(one => (one[0], one[1]));
        var problems = Problems([.. Server, .. changes]);
        Assert.Equal($"Mail:{message}", Assert.Single(problems.Split('\n')[1..]).Trim());
        Assert.DoesNotContain("secret", problems, StringComparison.Ordinal);
        Assert.Equal("", Problems(Server));
    }

    [Theory]
    [InlineData("Mail:Security=None;Mail:Host=smtp.example.com")]
    [InlineData("Mail:Security=None;Mail:Host=localhost;Mail:UserName=ada;Mail:Password=secret")]
    [InlineData("Mail:Security=None;Mail:Host=::1;Mail:UserName=ada;Mail:Password=secret")]
    [InlineData("Mail:Security=None;Mail:Host=127.0.0.1;Mail:UserName=ada;Mail:Password=secret")]
    [InlineData("Mail:Security=Tls;Mail:Port=465;Mail:UserName=ada;Mail:Password=secret")]
    [InlineData("Mail:From=no-reply@example.com;Mail:BaseAddress=https://accounts.example.com:8443/;Mail:Timeout=00:05:00")]
    [InlineData("Mail:BaseAddress=http://localhost:5080")]
    [InlineData("Mail:BaseAddress=http://127.0.0.1:5080")]
    [InlineData("Mail:Host=;Mail:From=;Mail:BaseAddress=")]
    public void A_right_setting_is_read(string settings) =>
        Assert.Equal("", Problems([.. Server, .. settings.Split(';').Select(one => one.Split('=', 2)).Select(one => (one[0], one[1]))]));

    [Fact]
    public void A_folder_needs_a_sender_and_outside_Development_an_address()
    {
        Assert.Equal("", Problems(Folder));
        Assert.Contains("Mail:From: must be the sender", Problems([.. Folder, ("Mail:From", "")]), StringComparison.Ordinal);
        Assert.Contains("Mail:BaseAddress: is missing", Problems([.. Folder, ("Mail:BaseAddress", "")]), StringComparison.Ordinal);
        Assert.Equal("mail", Read(true, [.. Folder, ("Mail:BaseAddress", "")]).Folder);
    }

    [Fact]
    public void Only_Development_writes_emails_without_a_setting_and_a_server_wins_there()
    {
        var options = Read(true);
        Assert.Equal(("App_Data/mail", "Accounts <accounts@localhost>"), (options.Folder, options.From));
        options = Read(true, Server);
        Assert.Equal(("", "smtp.example.com", "Accounts <no-reply@example.com>"), (options.Folder, options.Host, options.From));
        options = Read(false);
        Assert.Equal(("", ""), (options.Folder, options.From));
    }

    [Fact]
    public void The_repositorys_settings_file_states_the_defaults()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "appsettings.json")).Build();
        Assert.Equal(typeof(MailOptions).GetProperties().Length, file.GetSection("Mail").GetChildren().Count());
        Assert.Equivalent(new MailOptions(), SettingsOf.Read<MailOptions>(file), strict: true);
    }

    [Theory]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    [InlineData("http://*:5080", "http://localhost:5080/")]
    [InlineData("http://+:5080", "http://localhost:5080/")]
    [InlineData("http://0.0.0.0:5080", "http://localhost:5080/")]
    [InlineData("http://[::]:5080", "http://localhost:5080/")]
    [InlineData("https://127.0.0.1:443", "https://127.0.0.1/")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080/")]
    public void In_Development_links_begin_with_the_address_that_the_server_listens_on(string listens, string begins)
    {
        var server = new ServerAddressesFeature();
        Assert.Null(DashboardAddress.Listening(server));
        server.Addresses.Add(listens);
        Assert.Equal(begins, DashboardAddress.Listening(server)!.AbsoluteUri);
    }

    [Fact]
    public async Task Without_an_address_emails_wait_until_the_server_listens()
    {
        using var folder = new TempFolder();
        using var room = new MailRoom(true, ("Mail:Folder", folder.Path));
        Assert.Equal("Mail:BaseAddress is missing, and the server listens on no address yet.", await room.WhyNotAsync());
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static string Problems((string Key, string Value)[] settings) => SettingsOf.Problems(
        [.. settings.GroupBy(one => one.Key, StringComparer.Ordinal).Select(same => same.Last())]);

    private static MailOptions Read(bool isDevelopment, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddMail(MailRoom.Configure(settings), isDevelopment);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<MailOptions>>().Value;
    }
}
