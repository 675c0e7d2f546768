using System.Text;
using Accounts.AspNetCore.Network;
using Accounts.Core;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Valid_values_are_read_and_missing_ones_keep_their_default()
    {
        var options = SettingsOf.Read<AccountsOptions>(
            ("Sessions:IdleTimeout", "14.00:00:00"),
            ("sessions:FLUSHINTERVAL", "00:00:00.5"),
            ("SignIn:AttemptsPerAccount", "3"),
            ("Sessions:Profile", "strict"));

        var (sessions, signIn) = (options.Sessions, options.SignIn);
        Assert.Equal(TimeSpan.FromDays(14), sessions.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(0.5), sessions.FlushInterval);
        Assert.Equal(TimeSpan.FromDays(180), sessions.AbsoluteTimeout);
        Assert.Equal((SessionProfile.Strict, 100), (sessions.Profile, sessions.MaximumPerUser));
        Assert.Equal((3, 50), (signIn.AttemptsPerAccount, signIn.AttemptsPerAddress));
    }

    [Fact]
    public void Environment_variables_are_read_like_the_file()
    {
        Environment.SetEnvironmentVariable("ACCOUNTSTEST_Sessions__IdleTimeout", "02:30:00");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ACCOUNTSTEST_").Build();
        Assert.Equal(TimeSpan.FromHours(2.5), SettingsOf.Read<AccountsOptions>(configuration).Sessions.IdleTimeout);
    }

    [Fact]
    public void One_message_lists_every_error_with_its_rule_and_value()
    {
        var lines = SettingsOf.Problems(
            ("Storage:Provider", "Oracle"),
            ("Storage:Path", ""),
            ("Sessions:IdleTimeout", "soon"),
            ("Sessions:AbsoluteTimeout", "500.00:00:00"),
            ("Sessions:SweepInterval", "00:00:00.001"),
            ("Sessions:ReauthenticateAfter", "00:00:30"),
            ("Sessions:IdelTimeout", "1.00:00:00"),
            ("SignIn:AttemptsPerAccount", "many"),
            ("SignIn:AttemptsPerAddress", "0"),
            ("Network:KnownProxies:0", "proxy"),
            ("Support:Contact", "nobody")).Split(Environment.NewLine);

        string[] expected =
        [
            "Some settings are invalid. Correct them in appsettings.json, the environment or the command line:",
            "  Storage:Provider: must be one of Sqlite, PostgreSql. It is 'Oracle'.",
            "  Storage:Path: must be the path of a file. It is ''.",
            "  Sessions:IdleTimeout: must be a time such as 28.00:00:00 (days.hours:minutes:seconds). It is 'soon'.",
            "  Sessions:IdelTimeout: unknown setting. Use one of Profile, IdleTimeout, IdleTimeoutUnremembered, AbsoluteTimeout, MaximumPerUser, "
                + "ReauthenticateAfter, FlushInterval, SweepInterval.",
            "  Sessions:AbsoluteTimeout: must be between 1 minute and 400 days. It is '500.00:00:00'.",
            "  Sessions:SweepInterval: must be between 0.1 seconds and 10 minutes. It is '00:00:00.0010000'.",
            "  Sessions:ReauthenticateAfter: must be between 1 minute and 1 day. It is '00:00:30'.",
            "  SignIn:AttemptsPerAccount: must be a whole number. It is 'many'.",
            "  SignIn:AttemptsPerAddress: must be between 1 and 100000. It is '0'.",
            "  Network:KnownProxies:0: must be an IP address or a network, such as 192.0.2.10, 10.0.0.0/8, 2001:db8::10 or fd00::/64. "
                + "Host names, ports and zones are not supported. It is 'proxy'.",
            "  Support:Contact: must be empty, an https or http address, or an email address, of at most 500 characters. It is 'nobody'.",
        ];
        Assert.Equal(string.Join('\n', expected.Order(StringComparer.Ordinal)), string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Storage:Provider", "7")]
    [InlineData("Storage:Provider", "")]
    [InlineData("Sessions:IdleTimeout", "")]
    [InlineData("Sessions:IdleTimeout", "99999999999.00:00:00")]
    [InlineData("Sessions:IdleTimeout", "24:00:00")]
    [InlineData("Sessions:IdleTimeout", "28")]
    [InlineData("Sessions:AbsoluteTimeout", "27.00:00:00")]
    [InlineData("Sessions:IdleTimeout:Days", "28")]
    [InlineData("Sessions:MaximumPerUser", "-1")]
    [InlineData("Sessions:MaximumPerUser", "10001")]
    [InlineData("Sessions:Profile", "Strictest")]
    [InlineData("SignIn:AttemptsPerAccount", "99999999999")]
    [InlineData("SignIn:AttemptsPerAccount", "")]
    [InlineData("SignIn:AttemptsPerAccount", "1.5")]
    [InlineData("Retention:Addresses", "23:59:59")]
    [InlineData("Retention:EndedSessions", "23:59:59")]
    [InlineData("Retention:Interval", "00:00:59")]
    public void An_invalid_value_is_named(string key, string value) =>
        Assert.Contains(string.Join(':', key.Split(':').Take(2)), SettingsOf.Problems((key, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Network": { "KnownProxies": [] } }""", "")]
    [InlineData("""{ "Network": { "KnownProxies": ["10.0.0.1", "10.0.0.2"] } }""", "10.0.0.1 10.0.0.2")]
    [InlineData("""{ "Network": {} }""", "")]
    public void A_list_is_read(string json, string expected)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        Assert.Equal(expected, string.Join(' ', SettingsOf.Read<NetworkOptions>(configuration).KnownProxies));
    }

    [Fact]
    public void A_list_given_as_a_single_text_is_an_error()
    {
        var message = SettingsOf.Problems(("Network:KnownProxies", "10.0.0.1"));
        Assert.Contains("Network:KnownProxies: must be a list", message, StringComparison.Ordinal);
        Assert.Contains("'10.0.0.1'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_may_lie_in_a_section_of_the_applications_own()
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Accounts:Sessions:MaximumPerUser"] = "7", ["Sessions:IdelTimeout"] = "the application's own",
            ["Accounts:SignIn:AttemptsPerAccount"] = "3",
        };
        var section = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Accounts");
        Assert.Equal(7, SettingsOf.Read<AccountsOptions>(section).Sessions.MaximumPerUser);

        section["Sessions:MaximumPerUser"] = "-1";
        section["SignIn:AttemptsPerAccount"] = "many";
        var message = Assert.Throws<StartupException>(() => SettingsOf.Read<AccountsOptions>(section)).Message;
        Assert.Contains("Accounts:Sessions:MaximumPerUser: must be between 0 and 10000; 0 means no limit. It is '-1'.", message,
            StringComparison.Ordinal);
        Assert.Contains("Accounts:SignIn:AttemptsPerAccount: must be a whole number. It is 'many'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_from_code_are_checked_like_settings()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddAccounts(o => o.Sessions.MaximumPerUser = -1).UsePostgreSql("nowhere");
        using var provider = services.BuildServiceProvider();
        var message = Assert.Throws<StartupException>(provider.OpenAccounts).Message;
        Assert.Contains("Sessions:MaximumPerUser: must be between 0 and 10000; 0 means no limit. It is '-1'.", message, StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString: must look like Host=…", message, StringComparison.Ordinal);
        Assert.DoesNotContain("nowhere", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_repositorys_settings_file_is_valid()
    {
        var file = Path.Combine(Repository.Root, "appsettings.json");
        // The file states the defaults: deleting a line changes nothing.
        Assert.Equivalent(new AccountsOptions(),
            SettingsOf.Read<AccountsOptions>(new ConfigurationBuilder().AddJsonFile(file).Build()), strict: true);
    }
}
