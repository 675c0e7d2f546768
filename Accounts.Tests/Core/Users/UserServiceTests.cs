using Accounts.Core.Callers;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Users;

public sealed class UserServiceTests
{
    private const string Password = "correct horse battery";

    [EachEngineFact]
    public async Task Registering_creates_an_account_and_does_not_sign_in()
    {
        await using var host = CoreHost.Start();
        var outcome = await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input(name: "  Ada Lovelace "));
        var id = Assert.IsType<RegisterOutcome.Registered>(outcome).UserId;

        var profile = await host.Users.FindProfileAsync(Caller.InBrowser(id, SessionId.New(TestClock.Start), "", ""));
        Assert.Equal(new Profile(id, "Ada Lovelace", "Ada@Example.test"), profile);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Equal("203.0.113.7", Assert.Single(host.Rows.Audit("user.registered"))["Address"]);
        Assert.Null(await host.Users.FindProfileAsync(Caller.InBrowser(new UserId(Guid.NewGuid()), SessionId.New(TestClock.Start), "", "")));
    }

    [EachEngineFact]
    public async Task The_password_is_stored_as_a_hash()
    {
        await using var host = CoreHost.Start();
        await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input());
        var hash = host.Rows.Text("SELECT \"PasswordHash\" FROM \"Users\"");
        Assert.True(hash.Length > 50);
        Assert.DoesNotContain(Password, hash, StringComparison.OrdinalIgnoreCase);
    }

    [EachEngineTheory]
    [InlineData("Ada@Example.test")]
    [InlineData("ada@example.test")]
    [InlineData("ADA@EXAMPLE.TEST")]
    public async Task An_email_taken_in_any_spelling_is_refused_and_nothing_changes(string email)
    {
        await using var host = CoreHost.Start();
        await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input());
        var before = host.Rows.Query("SELECT * FROM \"Users\"");

        Assert.IsType<RegisterOutcome.EmailTaken>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input(name: "Eve", email: email)));

        Assert.Equal(before, host.Rows.Query("SELECT * FROM \"Users\""));
        Assert.Single(host.Rows.Audit("user.registered"));
    }

    [EachEngineFact]
    public async Task Registering_the_same_email_twice_at_once_creates_one_account()
    {
        await using var host = CoreHost.Start();
        var commit = host.Gate.StopCommit();
        var first = host.Users.RegisterAsync(CoreHost.NewBrowser(), Input());
        await commit.Arrived;
        var second = host.Users.RegisterAsync(CoreHost.NewBrowser(), Input());
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.IsType<RegisterOutcome.Registered>(await first);
        Assert.IsType<RegisterOutcome.EmailTaken>(await second);
    }

    [EachEngineTheory]
    [InlineData("Name", "", "a@b.example", Password, InputProblem.Missing, null)]
    [InlineData("Name", "   ", "a@b.example", Password, InputProblem.Missing, null)]
    [InlineData("Name", "a\nb", "a@b.example", Password, InputProblem.LineBreaks, null)]
    [InlineData("Name", "L*101", "a@b.example", Password, InputProblem.TooLong, 100)]
    [InlineData("Email", "Ada", "", Password, InputProblem.Missing, null)]
    [InlineData("Email", "Ada", "ada", Password, InputProblem.NotAnEmail, null)]
    [InlineData("Email", "Ada", "@b.example", Password, InputProblem.NotAnEmail, null)]
    [InlineData("Email", "Ada", "a b@b.example", Password, InputProblem.Spaces, null)]
    [InlineData("Email", "Ada", "a\u0000@b.example", Password, InputProblem.Spaces, null)]
    [InlineData("Email", "Ada", "L*255@b.example", Password, InputProblem.TooLong, 254)]
    [InlineData("Password", "Ada", "a@b.example", "", InputProblem.Missing, null)]
    [InlineData("Password", "Ada", "a@b.example", "elevenchars", InputProblem.TooShort, 12)]
    [InlineData("Password", "Ada", "a@b.example", "L*257", InputProblem.TooLong, 256)]
    public async Task Invalid_input_is_answered_with_the_field_and_the_rule(string field, string name, string email, string password,
        InputProblem problem, int? limit)
    {
        await using var host = CoreHost.Start();
        var outcome = await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input(Long(name), Long(email), Long(password)));

        Assert.Equal([new InputError(field, problem, limit)], Assert.IsType<RegisterOutcome.Invalid>(outcome).Errors);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
    }

    [EachEngineFact]
    public async Task All_errors_are_reported_at_once()
    {
        await using var host = CoreHost.Start();
        var invalid = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), new RegisterInput()));
        Assert.Equal("Name Email Password", string.Join(' ', invalid.Errors.Select(e => e.Field)));
    }

    [EachEngineTheory]
    [InlineData("L*100", "a@b.example", "twelve chars")]
    [InlineData("山田太郎", "name+tag@sub.example.co.uk", "L*256@correct horse")]
    public async Task Input_at_the_limits_is_accepted(string name, string email, string password)
    {
        await using var host = CoreHost.Start();
        Assert.IsType<RegisterOutcome.Registered>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input(Long(name), email, Long(password))));
    }

    private static string Long(string text)
    {
        if (!text.StartsWith("L*", StringComparison.Ordinal))
            return text;
        var (length, rest) = text[2..].Split('@') is [var number, var domain] ? (int.Parse(number), "@" + domain) : (int.Parse(text[2..]), "");
        return new string('x', length - rest.Length) + rest;
    }

    private static RegisterInput Input(string name = "Ada Lovelace", string email = "Ada@Example.test", string password = Password) =>
        new() { Name = name, Email = email, Password = password };
}
