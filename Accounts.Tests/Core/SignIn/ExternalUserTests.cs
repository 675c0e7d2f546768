using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>An application that keeps its own users starts sessions for them.</summary>
public sealed class ExternalUserTests
{
    private const SignInMethods Methods = SignInMethods.Provider;

    private static readonly ExternalUser Grace = new("crm|42", "Grace Hopper", "grace@example.test");

    [EachEngineFact]
    public async Task The_first_sign_in_makes_the_account_and_the_second_one_finds_it()
    {
        await using var host = CoreHost.Start();
        var proof = await Door(host).OpenAsync(Grace);
        Assert.Null(proof.Subject);
        Assert.Equal(0, Accounts(host));

        var first = await SignInAsync(host, proof);

        var account = Assert.Single(host.Rows.Query("SELECT * FROM \"Users\""));
        Assert.Equal((Grace.Id, Grace.Name, Grace.Email), (account["ExternalId"], account["DisplayName"], account["Email"]));
        Assert.All(["PasswordHash", "UserName", "NormalizedUserName", "NormalizedEmail"], column => Assert.Null(account[column]));
        Assert.Equal((long)Methods, host.Rows.Session(first.Id)["Method"]);
        // An application finds its user by the id that it knows. Commands have ours.
        var principal = (await host.RequestAsync(first))!.Principal;
        Assert.Equal(Grace.Id, principal.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        Assert.Equal((Grace.Name, Grace.Email), (principal.Identity!.Name, principal.FindFirst(ClaimTypes.Email)!.Value));
        Assert.Equal(first.Caller.Subject, (await host.Authenticator.FindCallerAsync(principal))!.Subject);
        Assert.Equal(new Profile(first.Caller.Subject, Grace.Name, Grace.Email), await host.Users.FindProfileAsync(first.Caller));

        var again = await Door(host).OpenAsync(Grace);
        Assert.Equal(first.Caller.Subject, again.Subject);
        var second = await SignInAsync(host, again);
        Assert.Equal(first.Caller.Subject, second.Caller.Subject);
        Assert.Equal(1, Accounts(host));
        Assert.Equal(2, (await host.Sessions.ListAsync(second.Caller)).Count);

        var events = (await host.EventsAsync(second.Caller, new()))!;
        Assert.Equal(["user.signed_in", "user.signed_in", "user.registered"], events.Select(one => one.Action), StringComparer.Ordinal);
        Assert.Equal(("203.0.113.7", "Chrome 154 on Windows 10 or 11"), (events[^1].Address, events[^1].From!.Device));
    }

    // Guard: UpdateAsync in SessionStarter.StartAsync.
    [EachEngineFact]
    public async Task A_new_name_and_email_are_in_force_in_every_open_session()
    {
        await using var host = CoreHost.Start();
        var browser = await SignInAsync(host, Grace);
        var live = (await host.RequestAsync(browser))!;
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var same = await SignInAsync(host, Grace);
        Assert.Equal([new SessionChange.Started(browser.Caller.Subject, same.Id)], heard);
        heard.Clear();

        var renamed = await SignInAsync(host, new ExternalUser(Grace.Id, "Grace Murray Hopper", "g@example.test"));

        Assert.Equal(("Grace Murray Hopper", "g@example.test"), (live.Principal.Identity!.Name, live.Principal.FindFirst(ClaimTypes.Email)!.Value));
        Assert.Equal("Grace Murray Hopper", (await host.RequestAsync(renamed))!.Principal.Identity!.Name);
        Assert.Equivalent(
            new SessionChange[]
            {
                new SessionChange.PrincipalReplaced(browser.Caller.Subject, browser.Id),
                new SessionChange.PrincipalReplaced(browser.Caller.Subject, same.Id),
                new SessionChange.Started(browser.Caller.Subject, renamed.Id),
            },
            heard,
            strict: true);

        await SignInAsync(host, new ExternalUser(Grace.Id, Grace.Name, null));
        Assert.Equal((Grace.Name, null), (live.Principal.Identity!.Name, live.Principal.FindFirst(ClaimTypes.Email)));
        Assert.Null((await host.Users.FindProfileAsync(browser.Caller))!.Email);
    }

    // Guard: ON CONFLICT in ExternalAccounts.LockOrMakeAsync, and User.FirstStamp in ProofDoor.OpenAsync.
    [EachEngineFact]
    public async Task Two_first_sign_ins_at_once_both_work_on_one_account()
    {
        await using var host = CoreHost.Start();
        var one = await Door(host).OpenAsync(Grace);
        var two = await Door(host).OpenAsync(new ExternalUser(Grace.Id, "Grace Murray Hopper", Grace.Email));

        var commit = host.Gate.StopCommit();
        var first = SignInAsync(host, one);
        await commit.Arrived;
        var second = SignInAsync(host, two);
        await host.BlockedAsync();
        Assert.False(second.IsCompleted);
        commit.Release();

        var (winner, loser) = (await first, await second);
        Assert.Equal(winner.Caller.Subject, loser.Caller.Subject);
        Assert.Equal(1, Accounts(host));
        Assert.Single(host.Rows.Audit("user.registered"));
        Assert.Equal("Grace Murray Hopper", (await host.RequestAsync(winner))!.Principal.Identity!.Name);
        Assert.NotNull(await host.RequestAsync(loser));
    }

    // Guard: the stamp in SessionStarter.StartAsync. The control is the test of two first sign-ins: the same proofs, and nothing ended.
    [EachEngineFact]
    public async Task A_proof_from_before_the_account_does_not_survive_the_end_of_all_its_sessions()
    {
        await using var host = CoreHost.Start();
        var early = await Door(host).OpenAsync(Grace);
        var owner = await SignInAsync(host, Grace);
        var late = await Door(host).OpenAsync(Grace);
        await host.Sessions.SignOutEverywhereAsync(owner.Caller);

        Assert.Null(await TrySignInAsync(host, early));
        Assert.Null(await TrySignInAsync(host, late));
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        // Control: a proof that was opened since counts.
        Assert.NotNull(await TrySignInAsync(host, await Door(host).OpenAsync(Grace)));
    }

    // Guard: the stamp in ExternalAccounts.LockOrMakeAsync.
    [EachEngineFact]
    public async Task A_proof_about_an_account_that_is_gone_makes_no_other_one()
    {
        await using var host = CoreHost.Start();
        var owner = await SignInAsync(host, Grace);
        await host.Sessions.SignOutEverywhereAsync(owner.Caller);
        var proof = await Door(host).OpenAsync(Grace);
        host.Rows.Execute("DELETE FROM \"Users\"");

        Assert.Null(await TrySignInAsync(host, proof));
        Assert.Equal(0, Accounts(host));
        // Control: a proof that was opened since makes one.
        Assert.NotEqual(owner.Caller.Subject, (await SignInAsync(host, Grace)).Caller.Subject);
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_account_of_ours_with_the_same_email_is_another_one(bool registersFirst)
    {
        await using var host = CoreHost.Start();
        if (registersFirst)
            await host.RegisterAsync(Grace.Email!);
        var external = await SignInAsync(host, Grace);
        // Nothing that asks for a password reaches the application's user.
        if (!registersFirst)
        {
            Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), Grace.Email!));
            await host.RegisterAsync(Grace.Email!);
        }

        var own = await host.SignInAsync(Grace.Email!);

        Assert.NotEqual(external.Caller.Subject, own.Caller.Subject);
        Assert.Equal(own.Caller.Subject.ToString(), (await host.RequestAsync(own))!.Principal.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        Assert.Single(await host.Sessions.ListAsync(own.Caller));
        Assert.Single(await host.Sessions.ListAsync(external.Caller));
        Assert.Equal(external.Caller.Subject, (await SignInAsync(host, Grace)).Caller.Subject);
    }

    [EachEngineFact]
    public async Task Ids_are_one_user_only_if_they_are_the_same_text()
    {
        await using var host = CoreHost.Start();
        // The last two are one letter, in two ways to write it.
        string[] ids = ["ada", "ADA", "ada ", new('a', 255), "\u00E4", "a\u0308"];
        HashSet<UserId> users = [];
        foreach (var id in ids)
        {
            var user = new ExternalUser(id, Grace.Name, Grace.Email);
            Assert.True(users.Add((await SignInAsync(host, user)).Caller.Subject));
            Assert.False(users.Add((await SignInAsync(host, user)).Caller.Subject));
        }
    }

    // Guard: IsOf in SessionAuthenticator.FindCallerAsync.
    [EachEngineFact]
    public async Task A_principal_with_another_users_id_is_no_caller()
    {
        await using var host = CoreHost.Start();
        var browser = await SignInAsync(host, Grace);
        var own = (await host.RequestAsync(browser))!.Principal;
        Assert.NotNull(await host.Authenticator.FindCallerAsync(own));
        foreach (var id in new[] { "crm|43", "CRM|42", browser.Caller.Subject.ToString() })
        {
            var claims = own.Claims.Select(claim => claim.Type is ClaimTypes.NameIdentifier ? new Claim(claim.Type, id) : claim);
            Assert.Null(await host.Authenticator.FindCallerAsync(new ClaimsPrincipal(new ClaimsIdentity(claims, own.Identity!.AuthenticationType))));
        }
    }

    [EachEngineFact]
    public async Task Only_the_door_gives_a_session_without_a_password_a_fresh_proof()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = (await SignInAsync(host, Grace), await SignInAsync(host, Grace));
        host.Clock.Advance(TimeSpan.FromHours(1));
        var caller = (await host.RequestAsync(owner))!.ToCaller();
        Assert.Equal(TerminateOutcome.ProofNeeded, await host.Sessions.TerminateAsync(caller, other.Id));

        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(caller, CoreHost.Password));
        Assert.IsType<ChangePasswordOutcome.WrongPassword>(await host.PasswordChange.ChangeAsync(
            caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase" }));
        Assert.Null(Assert.Single(host.Rows.Query("SELECT \"PasswordHash\" FROM \"Users\""))["PasswordHash"]);

        var proof = (await Door(host).OpenAsync(caller))!;
        var renewed = (await Door(host).ReauthenticateAsync(caller, proof, Methods))!;
        var fresh = (await host.Authenticator.AuthenticateAsync(owner.Id, renewed.Key.Reveal()))!.ToCaller();
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(fresh, other.Id));
    }

    [EachEngineFact]
    public async Task The_application_ends_all_sessions_of_one_user()
    {
        await using var host = CoreHost.Start();
        var (laptop, phone) = (await SignInAsync(host, Grace), await SignInAsync(host, Grace));
        var other = await SignInAsync(host, new ExternalUser("crm|43", "Ada", null));
        var proof = await Door(host).OpenAsync(Grace);
        Assert.NotNull(await host.RequestAsync(laptop));
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        Assert.Equal(2, await Users(host).EndSessionsAsync(Grace.Id, TestContext.Current.CancellationToken));

        Assert.Null(await host.RequestAsync(laptop));
        Assert.Null(await host.RequestAsync(phone));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equivalent(
            new[] { laptop, phone }.Select(gone => new SessionChange.Ended(gone.Caller.Subject, gone.Id, EndReason.Revoked)), heard, strict: true);
        Assert.Null(await TrySignInAsync(host, proof));
        // Control: the application lets the user in again, and they see what happened.
        var back = await SignInAsync(host, Grace);
        var ended = (await host.HistoryAsync(back.Caller)).Single(session => session.Id == phone.Id);
        Assert.Equal(new SessionEnding(TestClock.Start, EndReason.Revoked, null, null), ended.Ending);
    }

    [EachEngineFact]
    public async Task Ending_the_sessions_of_a_user_without_any_changes_nothing()
    {
        await using var host = CoreHost.Start();
        var owner = await SignInAsync(host, Grace);
        var before = host.Rows.Everything();
        Assert.Equal(0, await Users(host).EndSessionsAsync("crm|43", TestContext.Current.CancellationToken));
        // Accounts of ours have no such id, and another case is another user.
        Assert.Equal(0, await Users(host).EndSessionsAsync(owner.Caller.Subject.ToString(), TestContext.Current.CancellationToken));
        Assert.Equal(0, await Users(host).EndSessionsAsync("CRM|42", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => Users(host).EndSessionsAsync("", TestContext.Current.CancellationToken));
        Assert.Equal(before, host.Rows.Everything());
        Assert.NotNull(await host.RequestAsync(owner));
        // Control: it does change something for a user who has a session.
        Assert.Equal(1, await Users(host).EndSessionsAsync(Grace.Id, TestContext.Current.CancellationToken));
        Assert.Equal(0, await Users(host).EndSessionsAsync(Grace.Id, TestContext.Current.CancellationToken));
        Assert.Equal(2, host.Rows.Audit("user.sessions_revoked").Count);
    }

    // Guards: LockExternalAsync and RenewStamp in ExternalUsers.EndSessionsAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_that_races_with_the_end_of_all_sessions_gets_none(bool signInFirst)
    {
        await using var host = CoreHost.Start();
        await SignInAsync(host, Grace);
        var proof = await Door(host).OpenAsync(Grace);
        var commit = host.Gate.StopCommit();
        var first = Task.Run<object?>(async () => signInFirst ? await TrySignInAsync(host, proof) : await EndAsync());
        await commit.Arrived;
        var second = Task.Run<object?>(async () => signInFirst ? await EndAsync() : await TrySignInAsync(host, proof));
        await host.BlockedAsync();
        commit.Release();

        Assert.Equal(signInFirst, (signInFirst ? await first : await second) is StartedSession);
        Assert.Equal(signInFirst ? 2 : 1, signInFirst ? await second : await first);
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));

        Task<int> EndAsync() => Users(host).EndSessionsAsync(Grace.Id, TestContext.Current.CancellationToken);
    }

    [EachEngineFact]
    public async Task A_changed_password_ends_the_other_sessions_and_the_old_key()
    {
        await using var host = CoreHost.Start();
        var (owner, other) = (await SignInAsync(host, Grace), await SignInAsync(host, Grace));
        // However long ago the sign-in was: the application has just verified the current password.
        host.Clock.Advance(TimeSpan.FromHours(1));
        var caller = (await host.RequestAsync(owner))!.ToCaller();
        var stranger = await Door(host).OpenAsync(Grace);
        await Assert.ThrowsAsync<ArgumentException>(() => Door(host).ChangedPasswordAsync(caller, stranger, TestContext.Current.CancellationToken));
        var theirs = (await Door(host).OpenAsync((await host.RequestAsync(other))!.ToCaller()))!;
        await Assert.ThrowsAsync<ArgumentException>(() => Door(host).ChangedPasswordAsync(caller, theirs, TestContext.Current.CancellationToken));
        Assert.NotNull(await host.RequestAsync(other));

        var early = (await Door(host).OpenAsync(caller))!;
        var proof = (await Door(host).OpenAsync(caller))!;
        var changed = (await Door(host).ChangedPasswordAsync(caller, proof, TestContext.Current.CancellationToken))!;

        Assert.Equal(1, changed.EndedSessions);
        Assert.Null(await host.RequestAsync(other));
        Assert.Equal(EndReason.PasswordChanged, (await host.HistoryAsync(caller)).Single(session => session.Id == other.Id).Ending!.Reason);
        var rekeyed = (await host.Authenticator.AuthenticateAsync(owner.Id, changed.Session.Key.Reveal()))!.ToCaller();
        Assert.Null(await host.RequestAsync(owner));
        // It counts once, and it voids what was verified before.
        Assert.Null(await Door(host).ChangedPasswordAsync(rekeyed, proof, TestContext.Current.CancellationToken));
        Assert.Null(await Door(host).ChangedPasswordAsync(rekeyed, early, TestContext.Current.CancellationToken));
        Assert.Null(await TrySignInAsync(host, stranger));
        // Control: a proof that was opened since counts.
        proof = (await Door(host).OpenAsync(rekeyed))!;
        Assert.Equal(0, (await Door(host).ChangedPasswordAsync(rekeyed, proof, TestContext.Current.CancellationToken))!.EndedSessions);
    }

    [EachEngineFact]
    public async Task A_failed_first_sign_in_leaves_no_account_behind()
    {
        await using var host = CoreHost.Start();
        var proof = await Door(host).OpenAsync(Grace);
        host.Gate.FailCommit();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => TrySignInAsync(host, proof));
        Assert.Equal((0, 0), (Accounts(host), host.Rows.Audit("user.registered").Count));
        Assert.NotNull(await TrySignInAsync(host, await Door(host).OpenAsync(Grace)));
    }

    [Fact]
    public void A_bad_id_is_refused()
    {
        foreach (var id in new[] { "", "line\nbreak", "nothing\0", "half a pair \uD83D", null })
            Assert.Equal("Id", Assert.Throws<ArgumentException>(() => new ExternalUser(id!, Grace.Name, Grace.Email)).ParamName);
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        Assert.StartsWith("An id has 1 to 255 characters", Refusal(() => new(new('a', 256), "Grace", null)), StringComparison.Ordinal);
        Assert.Equal(new string('a', 100), new ExternalUser("1", new('a', 101), null).Name);
        Assert.StartsWith("A name has", Refusal(() => new("1", " ", null)), StringComparison.Ordinal);
        Assert.StartsWith("A name has", Refusal(() => new("1", null!, null)), StringComparison.Ordinal);
        Assert.StartsWith("A name has", Refusal(() => new("1", "Grace\tHopper", null)), StringComparison.Ordinal);
        Assert.StartsWith("An email is", Refusal(() => new("1", "Grace", "")), StringComparison.Ordinal);
        Assert.StartsWith("An email is", Refusal(() => new("1", "Grace", "grace")), StringComparison.Ordinal);
        Assert.StartsWith("An email is", Refusal(() => new("1", "Grace", $"{new string('g', 254)}@example.test")), StringComparison.Ordinal);
        Assert.Equal("Grace", new ExternalUser("1", " Grace ", null).Name);

        static string Refusal(Func<ExternalUser> make) => Assert.Throws<ArgumentException>(make).Message;
    }

    private static ProofDoor Door(CoreHost host) => host.Get<ProofDoor>();

    private static ExternalUsers Users(CoreHost host) => host.Get<ExternalUsers>();

    private static long Accounts(CoreHost host) => host.Rows.Number("SELECT COUNT(*) FROM \"Users\"");

    private static Task<StartedSession?> TrySignInAsync(CoreHost host, PendingProof proof, CallingBrowser? browser = null) =>
        Door(host).SignInAsync(browser ?? CoreHost.NewBrowser(), proof, Methods, remember: true);

    private static async Task<SignedInBrowser> SignInAsync(CoreHost host, ExternalUser user) =>
        await SignInAsync(host, await Door(host).OpenAsync(user));

    private static async Task<SignedInBrowser> SignInAsync(CoreHost host, PendingProof proof)
    {
        var browser = CoreHost.NewBrowser();
        var session = (await TrySignInAsync(host, proof, browser))!;
        var owner = host.Rows.Guid("SELECT \"UserId\" FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", session.Id.Value));
        var caller = Caller.InBrowser(new UserId(owner), session.Id, session.Key.Mark(), browser.Address, host.Clock.GetUtcNow());
        return new SignedInBrowser(browser, caller, session);
    }
}
