using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

public sealed class PasswordChangeTests
{
    private const string New = "another passphrase";
    private const string Account = "SELECT \"PasswordHash\", \"SecurityStamp\" FROM \"Users\"";

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_new_password_replaces_the_old_one_and_other_sessions_end_if_asked_to(bool endOthers)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        var before = Assert.Single(host.Rows.Query(Account));
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var changed = Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner, endOthers: endOthers));

        Assert.Equal(endOthers ? 2 : 0, changed.EndedSessions);
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, changed.Session.Key.Reveal()));
        Assert.Equal(endOthers, await host.RequestAsync(one) is null);
        Assert.Equal(endOthers, await host.RequestAsync(two) is null);
        Assert.Equal(endOthers ? 2 : 0, heard.OfType<SessionChange.Ended>().Count(ended => ended.Reason == EndReason.PasswordChanged));
        var after = Assert.Single(host.Rows.Query(Account));
        Assert.NotEqual(before["SecurityStamp"], after["SecurityStamp"]);
        Assert.NotEqual(before["PasswordHash"], after["PasswordHash"]);
        Assert.Equal(endOthers ? 2L : 0L, Assert.Single(host.Rows.Audit("user.password_changed"))["Count"]);
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: New));
    }

    // A passkey or a proof of the application may have started the session meanwhile.
    [EachEngineFact]
    public async Task A_new_password_that_was_required_is_not_required_any_more()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Rows.Execute("UPDATE \"Users\" SET \"NewPasswordRequired\" = TRUE");
        Assert.IsType<SignInOutcome.NewPasswordRequired>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: New));
    }

    // Guard: OfferAsync in PasswordChange.
    [EachEngineFact]
    public async Task A_copied_cookie_is_refused_after_the_change()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var changed = Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));
        Assert.NotNull(await host.RequestAsync(owner));

        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, changed.Session.Key.Reveal()));
        Assert.Null(await host.RequestAsync(owner));
    }

    [EachEngineFact]
    public async Task A_wrong_current_password_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var before = host.Rows.Query(Account);

        Assert.Equal(new ChangePasswordOutcome.WrongPassword(), await ChangeAsync(host, owner, current: "not this passphrase", endOthers: true));

        Assert.Equal(before, host.Rows.Query(Account));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Empty(host.Rows.Audit("user.password_changed"));
    }

    [EachEngineFact]
    public async Task A_form_posted_twice_changes_the_password_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));
        var before = host.Rows.Query(Account);

        var again = Assert.IsType<ChangePasswordOutcome.AlreadyChanged>(await ChangeAsync(host, owner));

        Assert.Equal(before, host.Rows.Query(Account));
        Assert.Single(host.Rows.Audit("user.password_changed"));
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(owner.Id, again.Session.Key.Reveal()));
    }

    [EachEngineFact]
    public async Task A_form_posted_twice_concurrently_changes_the_password_once()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var commit = host.Gate.StopCommit();
        var first = ChangeAsync(host, owner);
        await commit.Arrived;
        var second = ChangeAsync(host, owner);
        var third = ChangeAsync(host, owner, replacement: "yet another passphrase");
        Assert.False(second.IsCompleted || third.IsCompleted);
        commit.Release();

        Assert.Equal(0, Assert.IsType<ChangePasswordOutcome.Changed>(await first).EndedSessions);
        Assert.IsType<ChangePasswordOutcome.AlreadyChanged>(await second);
        Assert.Equal(new ChangePasswordOutcome.WrongPassword(), await third);
        Assert.Single(host.Rows.Audit("user.password_changed"));
    }

    [EachEngineFact]
    public async Task An_ended_caller_learns_nothing_and_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        var before = host.Rows.Query(Account);

        Assert.Equal(new ChangePasswordOutcome.CallerEnded(), await ChangeAsync(host, thief));
        Assert.Equal(new ChangePasswordOutcome.CallerEnded(), await ChangeAsync(host, thief, current: "a guess or two"));

        Assert.Equal(before, host.Rows.Query(Account));
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));
    }

    [EachEngineFact]
    public async Task A_session_that_ends_during_the_change_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        await commit.Arrived;
        var change = ChangeAsync(host, thief);
        Assert.False(change.IsCompleted);
        commit.Release();
        await terminate;

        Assert.Equal(new ChangePasswordOutcome.CallerEnded(), await change);
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [EachEngineFact]
    public async Task A_change_that_does_not_commit_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var (before, session) = (host.Rows.Query(Account), host.Rows.Session(owner.Id));
        host.Gate.FailCommit();

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => ChangeAsync(host, owner, endOthers: true));

        Assert.Equal(before, host.Rows.Query(Account));
        Assert.Equal(session, host.Rows.Session(owner.Id));
        Assert.NotNull(await host.RequestAsync(other));
    }

    [EachEngineFact]
    public async Task Guessing_the_current_password_is_throttled()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        for (var attempt = 1; attempt <= 10; attempt++)
            Assert.IsType<ChangePasswordOutcome.WrongPassword>(await ChangeAsync(host, owner, current: "a guess or two"));
        Assert.IsType<ChangePasswordOutcome.Throttled>(await ChangeAsync(host, owner));
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, other));
    }

    // Guard: RepeatAsync asks who changed the password, and when. One counted attempt is one guess.
    [EachEngineFact]
    public async Task The_new_password_is_no_second_guess_at_the_current_one()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));

        Assert.Equal(new ChangePasswordOutcome.WrongPassword(), await ChangeAsync(host, thief, "a guess or two", New));
        Assert.IsType<ChangePasswordOutcome.AlreadyChanged>(await ChangeAsync(host, owner));
        host.Clock.Advance(OfferedKey.Overlap);
        Assert.Equal(new ChangePasswordOutcome.WrongPassword(), await ChangeAsync(host, thief, "a guess or two", New));
    }

    // Guard: a weak new password is no guess, so ChangeAsync takes its attempt back.
    [EachEngineFact]
    public async Task A_weak_new_password_is_not_a_wrong_guess()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.IsType<ChangePasswordOutcome.Invalid>(await ChangeAsync(host, owner, replacement: CoreHost.Email));
        Assert.IsType<ChangePasswordOutcome.Changed>(await ChangeAsync(host, owner));
        // The form again: that isn't a guess either.
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.IsType<ChangePasswordOutcome.AlreadyChanged>(await ChangeAsync(host, owner));
    }

    [EachEngineTheory]
    [InlineData("", New, "CurrentPassword", InputProblem.Missing, null)]
    [InlineData(CoreHost.Password, "", "NewPassword", InputProblem.Missing, null)]
    [InlineData(CoreHost.Password, "short", "NewPassword", InputProblem.TooShort, 12)]
    [InlineData(CoreHost.Password, CoreHost.Password, "NewPassword", InputProblem.SamePassword, null)]
    public async Task Invalid_input_is_answered_with_the_field_and_the_rule(string current, string replacement, string field,
        InputProblem problem, int? limit)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var outcome = await ChangeAsync(host, await host.SignInAsync(), current, replacement);
        Assert.Equal([new InputError(field, problem, limit)], Assert.IsType<ChangePasswordOutcome.Invalid>(outcome).Errors);
    }

    private static Task<ChangePasswordOutcome> ChangeAsync(
        CoreHost host, SignedInBrowser browser, string current = CoreHost.Password, string replacement = New, bool endOthers = false) =>
        host.PasswordChange.ChangeAsync(browser.Caller,
            new ChangePasswordInput { CurrentPassword = current, NewPassword = replacement, EndOtherSessions = endOthers });
}
