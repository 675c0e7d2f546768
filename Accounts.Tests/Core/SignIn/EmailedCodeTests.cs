using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A code by email confirms, in the session that asked for it, who the user is.</summary>
public sealed class EmailedCodeTests
{
    [EachEngineFact]
    public async Task A_code_counts_once_in_its_session_and_is_a_proof_by_email()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo);
        await host.RegisterAsync();
        var (ada, other) = (await host.SignInAsync(), await host.SignInAsync());
        Assert.Equal("a•••@e•••.test", (await host.Reauthentication.FindFactorsAsync(ada.Caller)).Email);
        var code = await AskAsync(host, box, ada.Caller);
        Assert.Matches("^[0-9]{8}$", code);
        Assert.DoesNotContain(code, host.Rows.Everything(), StringComparison.Ordinal);
        // In another session of the same account, it is worth nothing.
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, other.Caller, code));

        var proved = Assert.IsType<ReauthenticationOutcome.Proved>(await TryAsync(host, ada.Caller, $" {code[..4]}-{code[4..]} ")).Session;
        Assert.Equal(ada.Id, proved.Id);
        Assert.Equal((long)SignInMethods.Email, host.Rows.Number(
            "SELECT \"NextKeyMethods\" FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", ada.Id.Value)));
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, code));
    }

    // Guards: MostWrongCodes, ExpiresAt and the stamp in UseCodeAsync; the earlier code is deleted in SendCodeAsync.
    [EachEngineFact]
    public async Task A_code_ends_after_five_wrong_ones_with_a_newer_one_in_time_and_with_the_password()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(
            box.AddTo, ("SignIn:AttemptsPerAccount", "1000"), ("SignIn:AttemptsPerAddress", "1000"), ("Outbox:LinksPerHour", "1000"));
        await host.RegisterAsync();
        var ada = await host.SignInAsync();

        var code = await AskAsync(host, box, ada.Caller);
        for (var i = 0; i < EmailLinks.MostWrongCodes; i++)
            Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, Wrong(code)));
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, code));

        // One fewer, and it works.
        code = await AskAsync(host, box, ada.Caller);
        for (var i = 1; i < EmailLinks.MostWrongCodes; i++)
            Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, Wrong(code)));
        Assert.IsType<ReauthenticationOutcome.Proved>(await TryAsync(host, ada.Caller, code));

        var (old, latest) = (await AskAsync(host, box, ada.Caller), await AskAsync(host, box, ada.Caller));
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, old));
        Assert.IsType<ReauthenticationOutcome.Proved>(await TryAsync(host, ada.Caller, latest));

        code = await AskAsync(host, box, ada.Caller);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        var again = await host.SignInAsync();
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, again.Caller, code));
        code = await AskAsync(host, box, again.Caller);
        host.Rows.Execute("UPDATE \"Users\" SET \"SecurityStamp\" = 'another'");
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, again.Caller, code));
    }

    [EachEngineFact]
    public async Task Asking_and_guessing_are_limited()
    {
        var box = new Mailbox();
        await using var host = CoreHost.Start(box.AddTo, ("SignIn:AttemptsPerAccount", "3"));
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        for (var i = 0; i < 3; i++)
            Assert.IsType<SendCodeOutcome.Sent>(await host.Reauthentication.SendCodeAsync(ada.Caller));
        Assert.IsType<SendCodeOutcome.Throttled>(await host.Reauthentication.SendCodeAsync(ada.Caller));
        for (var i = 0; i < 3; i++)
            Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, "00000000"));
        Assert.IsType<ReauthenticationOutcome.Throttled>(await TryAsync(host, ada.Caller, "00000000"));
    }

    [EachEngineFact]
    public async Task Without_email_there_is_no_code()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var ada = await host.SignInAsync();
        Assert.Null((await host.Reauthentication.FindFactorsAsync(ada.Caller)).Email);
        Assert.IsType<SendCodeOutcome.NoEmail>(await host.Reauthentication.SendCodeAsync(ada.Caller));
        Assert.IsType<ReauthenticationOutcome.WrongEmailCode>(await TryAsync(host, ada.Caller, "12345678"));
    }

    private static async Task<string> AskAsync(CoreHost host, Mailbox box, Caller caller)
    {
        Assert.IsType<SendCodeOutcome.Sent>(await host.Reauthentication.SendCodeAsync(caller));
        return (await box.NextAsync(host, MailKind.ProofCode)).Token!;
    }

    private static Task<ReauthenticationOutcome> TryAsync(CoreHost host, Caller caller, string code) =>
        host.Reauthentication.ReauthenticateAsync(caller, new ReauthenticationInput { EmailCode = code });

    private static string Wrong(string code) => (code[0] == '0' ? "1" : "0") + code[1..];
}
