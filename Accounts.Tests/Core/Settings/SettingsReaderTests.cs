using System.Text;
using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.Extensions.Configuration;

namespace Accounts.Tests.Core.Settings;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Valid_values_are_read_and_missing_ones_keep_their_default()
    {
        var reader = Reader(("Sessions:IdleTimeout", "14.00:00:00"), ("sessions:FLUSHINTERVAL", "00:00:00.5"), ("SignIn:AttemptsPerAccount", "3"), ("Sessions:Profile", "strict"));

        var sessions = reader.Read("Sessions", new SessionOptionsValidator());
        var signIn = reader.Read("SignIn", new SignInOptionsValidator());
        reader.ThrowIfWrong();

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
        var reader = new SettingsReader(new ConfigurationBuilder().AddEnvironmentVariables("ACCOUNTSTEST_").Build());
        Assert.Equal(TimeSpan.FromHours(2.5), reader.Read("Sessions", new SessionOptionsValidator()).IdleTimeout);
        reader.ThrowIfWrong();
    }

    [Fact]
    public void One_message_lists_every_error_with_its_rule_and_value()
    {
        var reader = Reader(
            ("Storage:Provider", "Oracle"),
            ("Storage:Path", ""),
            ("Sessions:IdleTimeout", "soon"),
            ("Sessions:AbsoluteTimeout", "500.00:00:00"),
            ("Sessions:SweepInterval", "00:00:00.001"),
            ("Sessions:ReauthenticateAfter", "00:00:30"),
            ("Sessions:IdelTimeout", "1.00:00:00"),
            ("SignIn:AttemptsPerAccount", "many"),
            ("SignIn:AttemptsPerAddress", "0"));

        reader.Read("Storage", new StorageOptionsValidator());
        reader.Read("Sessions", new SessionOptionsValidator());
        reader.Read("SignIn", new SignInOptionsValidator());
        var lines = Assert.Throws<StartupException>(reader.ThrowIfWrong).Message.Split(Environment.NewLine);

        string[] expected =
        [
            "Some settings are invalid. Correct them in appsettings.json, the environment or the command line:",
            "  Storage:Provider: must be one of Sqlite, PostgreSql. It is 'Oracle'.",
            "  Storage:Path: must be the path of a file. It is ''.",
            "  Sessions:IdleTimeout: must be a time such as 28.00:00:00 (days.hours:minutes:seconds). It is 'soon'.",
            "  Sessions:IdelTimeout: unknown setting. Use one of Profile, IdleTimeout, IdleTimeoutUnremembered, AbsoluteTimeout, MaximumPerUser, ReauthenticateAfter, FlushInterval, SweepInterval.",
            "  Sessions:AbsoluteTimeout: must be between 1 minute and 400 days. It is '500.00:00:00'.",
            "  Sessions:SweepInterval: must be between 0.1 seconds and 10 minutes. It is '00:00:00.0010000'.",
            "  Sessions:ReauthenticateAfter: must be between 1 minute and 1 day. It is '00:00:30'.",
            "  SignIn:AttemptsPerAccount: must be a whole number. It is 'many'.",
            "  SignIn:AttemptsPerAddress: must be between 1 and 100000. It is '0'.",
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
    public void An_invalid_value_is_named(string key, string value)
    {
        var reader = Reader((key, value));
        reader.Read("Storage", new StorageOptionsValidator());
        reader.Read("Sessions", new SessionOptionsValidator());
        reader.Read("SignIn", new SignInOptionsValidator());
        reader.Read("Retention", new RetentionOptionsValidator());
        var message = Assert.Throws<StartupException>(reader.ThrowIfWrong).Message;
        Assert.Contains(string.Join(':', key.Split(':').Take(2)), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Network": { "KnownProxies": [] } }""", "")]
    [InlineData("""{ "Network": { "KnownProxies": ["10.0.0.1", "10.0.0.2"] } }""", "10.0.0.1 10.0.0.2")]
    [InlineData("""{ "Network": {} }""", "default")]
    public void A_list_is_read(string json, string expected)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());
        var options = reader.Read("Network", new InlineValidator<ListOptions>());
        reader.ThrowIfWrong();
        Assert.Equal(expected, string.Join(' ', options.KnownProxies));
    }

    [Fact]
    public void A_list_given_as_a_single_text_is_an_error()
    {
        var reader = Reader(("Network:KnownProxies", "10.0.0.1"));
        reader.Read("Network", new InlineValidator<ListOptions>());
        var message = Assert.Throws<StartupException>(reader.ThrowIfWrong).Message;
        Assert.Contains("Network:KnownProxies: must be a list", message, StringComparison.Ordinal);
        Assert.Contains("'10.0.0.1'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_repositorys_settings_file_is_valid()
    {
        var file = Path.Combine(House.Repository.Root, "appsettings.json");
        var reader = new SettingsReader(new ConfigurationBuilder().AddJsonFile(file).Build());
        var sessions = reader.Read("Sessions", new SessionOptionsValidator());
        var signIn = reader.Read("SignIn", new SignInOptionsValidator());
        var retention = reader.Read("Retention", new RetentionOptionsValidator());
        var geolocation = reader.Read("Geolocation", new GeolocationOptionsValidator());
        var features = reader.Read("Features", new FeatureOptionsValidator());
        reader.Read("Storage", new StorageOptionsValidator());
        reader.ThrowIfWrong();
        // The file states the defaults: deleting a line changes nothing.
        Assert.Equivalent(new SessionOptions(), sessions, strict: true);
        Assert.Equivalent(new SignInOptions(), signIn, strict: true);
        Assert.Equivalent(new FeatureOptions(), features, strict: true);
        Assert.Equivalent(new RetentionOptions(), retention, strict: true);
        Assert.Equivalent(new GeolocationOptions(), geolocation, strict: true);
    }

    private static SettingsReader Reader(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());

    private sealed class ListOptions
    {
        public string[] KnownProxies { get; set; } = ["default"];
    }
}
