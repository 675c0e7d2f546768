using System.Security.Cryptography;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Passkeys;
using Accounts.Core.PersonalData;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Tests.Core.Passkeys;

/// <summary>An account's passkeys, with answers that are taken as verified.</summary>
public sealed class PasskeyTests
{
    private static readonly PasskeyChallenge Challenge = new("{}", "the state");

    [EachEngineFact]
    public async Task Owners_add_rename_and_remove_passkeys()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (first, second) = (Credential(), Credential(synced: true));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var added = (await AddAsync(host, owner.Caller, first)).Passkey;
        Assert.Equal(
            ("Chrome 154 on Windows 10 or 11", TestClock.Start.AddMinutes(1), null, false),
            (added.Name, added.AddedAt, added.LastUsedAt, added.IsSynced));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var synced = (await AddAsync(host, owner.Caller, second)).Passkey;
        Assert.Equal([added, synced], await Of(host).ListAsync(owner.Caller));
        Assert.True(synced.IsSynced);
        Assert.Equal(
            [first.Id, second.Id],
            (await Of(host).FindAccountAsync(owner.Caller))!.Credentials.OrderBy(one => one.AddedAt).Select(one => one.Id));

        foreach (var (typed, problem) in new[]
        {
            ("  ", InputProblem.Missing), (new string('x', 61), InputProblem.TooLong), ("a\nb", InputProblem.LineBreaks),
        })
        {
            var invalid = Assert.IsType<RenamePasskeyOutcome.Invalid>(
                await Of(host).RenameAsync(owner.Caller, added.Id, new RenamePasskeyInput { Name = typed }));
            Assert.Equal(problem, Assert.Single(invalid.Errors).Problem);
        }

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var rename = new RenamePasskeyInput { Name = " Work  laptop " };
        Assert.Equal(new RenamePasskeyOutcome.Renamed("Work laptop"), await Of(host).RenameAsync(owner.Caller, added.Id, rename));
        Assert.IsType<RenamePasskeyOutcome.NotFound>(await Of(host).RenameAsync(owner.Caller, new PasskeyId("x"), rename));
        Assert.Equal("Work laptop", (await Of(host).ListAsync(owner.Caller))[0].Name);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, added.Id));
        Assert.Equal(RemovePasskeyOutcome.NotFound, await Of(host).RemoveAsync(owner.Caller, added.Id));
        Assert.Equal([synced], await Of(host).ListAsync(owner.Caller));

        var events = (await host.EventsAsync(owner.Caller, new AuditQuery()))!;
        Assert.Equal(
            [AuditAction.PasskeyRemoved, AuditAction.PasskeyRenamed, AuditAction.PasskeyAdded, AuditAction.PasskeyAdded],
            events.Take(4).Select(one => one.Action),
            StringComparer.Ordinal);
        // A name tells about a person, and an event's value can't be erased.
        Assert.All(events, one => Assert.Null(one.Value));
    }

    [EachEngineFact]
    public async Task Adding_and_removing_need_a_fresh_proof_and_a_live_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var passkey = (await AddAsync(host, owner.Caller, Credential())).Passkey;
        using var begun = await OpenAsync(host, owner.Caller);
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.True(await Of(host).NeedsProofAsync(owner.Caller));
        var before = host.Rows.Everything();
        Assert.IsType<BeginPasskeyOutcome.ProofNeeded>(await Of(host).BeginAsync(owner.Caller, Challenge));
        Assert.IsType<AddPasskeyOutcome.ProofNeeded>(await Of(host).AddAsync(owner.Caller, begun, Credential()));
        Assert.Equal(RemovePasskeyOutcome.ProofNeeded, await Of(host).RemoveAsync(owner.Caller, passkey.Id));
        Assert.Equal(before, host.Rows.Everything());

        var proved = owner.ProvedAt(host.Clock.GetUtcNow());
        Assert.False(await Of(host).NeedsProofAsync(proved));
        using var again = await OpenAsync(host, proved);
        await host.Sessions.TerminateAsync(other.ProvedAt(host.Clock.GetUtcNow()), owner.Id);
        Assert.IsType<BeginPasskeyOutcome.CallerEnded>(await Of(host).BeginAsync(proved, Challenge));
        Assert.IsType<AddPasskeyOutcome.CallerEnded>(await Of(host).AddAsync(proved, again, Credential()));
        Assert.Equal(RemovePasskeyOutcome.CallerEnded, await Of(host).RemoveAsync(proved, passkey.Id));
        Assert.IsType<RenamePasskeyOutcome.NotFound>(
            await Of(host).RenameAsync(proved, passkey.Id, new RenamePasskeyInput { Name = "mine" }));
        // Control: another session that has just proved it may.
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(other.ProvedAt(host.Clock.GetUtcNow()), passkey.Id));
    }

    // Guard: the owner in FindPasskeyAsync.
    [EachEngineFact]
    public async Task Somebody_elses_passkey_is_not_found_and_not_added_again()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var credential = Credential();
        var hers = (await AddAsync(host, grace.Caller, credential)).Passkey;
        Assert.Empty(await Of(host).ListAsync(ada.Caller));
        Assert.IsType<RenamePasskeyOutcome.NotFound>(await Of(host).RenameAsync(ada.Caller, hers.Id, new RenamePasskeyInput { Name = "mine" }));
        Assert.Equal(RemovePasskeyOutcome.NotFound, await Of(host).RemoveAsync(ada.Caller, hers.Id));
        foreach (var caller in new[] { ada.Caller, grace.Caller })
        {
            using var attempt = await OpenAsync(host, caller);
            Assert.IsType<AddPasskeyOutcome.AlreadyAdded>(await Of(host).AddAsync(caller, attempt, credential));
        }

        Assert.Equal([hers], await Of(host).ListAsync(grace.Caller));
    }

    [EachEngineFact]
    public async Task An_account_has_twenty_passkeys_at_most()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        using var begun = await OpenAsync(host, owner.Caller);
        for (var i = 0; i < PasskeyOptions.MaximumPerUser; i++)
            await AddAsync(host, owner.Caller, Credential());
        Assert.IsType<AddPasskeyOutcome.TooMany>(await Of(host).AddAsync(owner.Caller, begun, Credential()));
        Assert.IsType<BeginPasskeyOutcome.TooMany>(await Of(host).BeginAsync(owner.Caller, Challenge));
        var list = await Of(host).ListAsync(owner.Caller);
        Assert.Equal(PasskeyOptions.MaximumPerUser, list.Count);
        // Control: with one less, there is room.
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, list[0].Id));
        await AddAsync(host, owner.Caller, Credential());
    }

    [EachEngineFact]
    public async Task The_last_way_to_sign_in_stays()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var first = (await AddAsync(host, owner.Caller, Credential())).Passkey;
        var second = (await AddAsync(host, owner.Caller, Credential())).Passkey;
        host.Rows.Execute("UPDATE \"Users\" SET \"PasswordHash\" = NULL");
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, first.Id));
        Assert.Equal(RemovePasskeyOutcome.LastWayIn, await Of(host).RemoveAsync(owner.Caller, second.Id));
        Assert.Equal([second], await Of(host).ListAsync(owner.Caller));
    }

    [EachEngineFact]
    public async Task A_passkey_signs_in_and_a_copy_of_its_authenticator_does_not()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var credential = Credential();
        await AddAsync(host, owner.Caller, credential);
        var browser = CoreHost.NewBrowser();

        var signedIn = Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, credential with { SignCount = 5 }, browser));
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(signedIn.Session.Id, signedIn.Session.Key.Reveal()));
        Assert.Equal(TestClock.Start, Assert.Single(await Of(host).ListAsync(owner.Caller)).LastUsedAt);
        // Two answers may be verified at once against the same counter. The first to come in counts.
        foreach (var count in new uint[] { 5, 4, 0 })
            Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, credential with { SignCount = count }, browser));
        Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, null, browser));
        Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, Credential(), browser));
        Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, credential with { SignCount = 6 }, browser));

        await host.Get<RefusedAttempts>().FlushAsync();
        var refused = Assert.Single(await host.Get<RefusedAttemptReader>().ListAsync(owner.Caller));
        Assert.Equal((RefusedAttemptReason.WrongPasskey, 5), (refused.Reason, refused.Count));
    }

    // Guards: RenewStamp in RemoveAsync, and UsePasskeyAsync.
    [EachEngineFact]
    public async Task A_sign_in_that_is_half_way_does_not_survive_the_removal()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (credential, other) = (Credential(synced: true), Credential(synced: true));
        var passkey = (await AddAsync(host, owner.Caller, credential)).Passkey;
        await AddAsync(host, owner.Caller, other);
        var browser = CoreHost.NewBrowser();
        using var early = await OpenSignInAsync(host, ada, browser);
        using var late = await OpenSignInAsync(host, ada, browser);
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, passkey.Id));
        Assert.IsType<PasskeySignInOutcome.Refused>(await host.Get<PasskeySignIn>().SignInAsync(browser, early, credential, remember: true));
        // Even with another passkey: whatever was half way when it was removed counts no more.
        Assert.IsType<PasskeySignInOutcome.Refused>(await host.Get<PasskeySignIn>().SignInAsync(browser, late, other, remember: true));
        // Control: a new attempt with the other one.
        Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, other, browser));
    }

    [EachEngineFact]
    public async Task A_closed_account_is_closed_after_the_passkey_only()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var credential = Credential(synced: true);
        await AddAsync(host, owner.Caller, credential);
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1");
        Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, null));
        Assert.IsType<PasskeySignInOutcome.AccountDisabled>(await SignInAsync(host, ada, credential));
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = NULL, \"NewPasswordRequired\" = TRUE");
        Assert.IsType<PasskeySignInOutcome.NewPasswordRequired>(await SignInAsync(host, ada, credential));
        host.Rows.Execute("UPDATE \"Users\" SET \"NewPasswordRequired\" = FALSE, \"ExternalId\" = 'crm|42'");
        // An application that keeps its own users decides who signs in.
        Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, credential));
        host.Rows.Execute("UPDATE \"Users\" SET \"ExternalId\" = NULL");
        var due = TestClock.Start + TimeSpan.FromDays(1);
        host.Rows.Execute(
            "UPDATE \"Users\" SET \"DisabledAt\" = NULL, \"DeletedByOwner\" = TRUE, \"DeletionDueAt\" = @due", ("@due", Microseconds.FromTime(due)));
        Assert.Equal(new PasskeySignInOutcome.DeletionPending(due, true), await SignInAsync(host, ada, credential));
        host.Clock.Advance(TimeSpan.FromDays(1));
        Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, credential));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
    }

    [EachEngineFact]
    public async Task Removing_a_passkey_ends_the_other_sessions_in_the_same_act_if_asked_to()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var first = (await AddAsync(host, owner.Caller, Credential())).Passkey;
        var second = (await AddAsync(host, owner.Caller, Credential())).Passkey;
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, first.Id));
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal(RemovePasskeyOutcome.Removed, await Of(host).RemoveAsync(owner.Caller, second.Id, endOtherSessions: true));
        Assert.Null(await host.RequestAsync(other));
        Assert.Equal(EndReason.FactorsChanged, Assert.Single(await host.HistoryAsync(owner.Caller), one => one.Id == other.Id).Ending!.Reason);
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: Enabled in BurnAsync.
    [EachEngineFact]
    public async Task Passkeys_that_were_turned_off_count_no_more()
    {
        using var database = new TestDatabase();
        var credential = Credential(synced: true);
        UserId ada;
        await using (var host = CoreHost.Start(database))
        {
            ada = await host.RegisterAsync();
            await AddAsync(host, (await host.SignInAsync()).Caller, credential);
            Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, credential));
        }

        await using var off = CoreHost.Start(database, settings: ("Passkeys:Enabled", "false"));
        var browser = CoreHost.NewBrowser();
        var began = Assert.IsType<BeginPasskeyOutcome.Began>(await off.Get<PasskeySignIn>().BeginAsync(browser, Challenge));
        Assert.IsType<OpenPasskeyOutcome.Refused>(await off.Get<PasskeySignIn>().OpenAsync(browser, began.Id, ada));
    }

    // Guard: CountPasskeyQuestion of a session.
    [EachEngineFact]
    public async Task Visitors_at_an_address_do_not_keep_a_user_there_from_a_proof()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAddress", "2"));
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        for (var i = 0; i < 20; i++)
            Assert.IsType<BeginPasskeyOutcome.Began>(await host.Get<PasskeySignIn>().BeginAsync(owner.Browser, Challenge));
        Assert.IsType<BeginPasskeyOutcome.Throttled>(await host.Get<PasskeySignIn>().BeginAsync(owner.Browser, Challenge));
        for (var i = 0; i < 2; i++)
            Assert.IsType<BeginPasskeyOutcome.Began>(await host.Get<PasskeyProof>().BeginAsync(owner.Caller, Challenge));
        Assert.IsType<BeginPasskeyOutcome.Throttled>(await host.Get<PasskeyProof>().BeginAsync(owner.Caller, Challenge));
    }

    [EachEngineFact]
    public async Task Wrong_answers_are_throttled_and_do_not_hold_up_a_known_browser()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        var ada = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var credential = Credential(synced: true);
        await AddAsync(host, owner.Caller, credential);
        for (var i = 0; i < 2; i++)
            Assert.IsType<PasskeySignInOutcome.Refused>(await SignInAsync(host, ada, null));
        var stranger = CoreHost.NewBrowser();
        var began = Assert.IsType<BeginPasskeyOutcome.Began>(await host.Get<PasskeySignIn>().BeginAsync(stranger, Challenge));
        Assert.IsType<OpenPasskeyOutcome.Throttled>(await host.Get<PasskeySignIn>().OpenAsync(stranger, began.Id, ada));
        Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, credential, owner.Browser));
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<PasskeySignInOutcome.SignedIn>(await SignInAsync(host, ada, credential));
    }

    [EachEngineFact]
    public async Task An_attempt_finishes_once_and_for_what_it_was_opened()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var credential = Credential(synced: true);
        await AddAsync(host, owner.Caller, credential);
        var browser = CoreHost.NewBrowser();
        using var attempt = await OpenSignInAsync(host, ada, browser);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Get<PasskeyProof>().ProveAsync(owner.Caller, attempt, credential));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Get<PasskeyProof>().ProveAsync(grace.Caller, attempt, credential));
        await Assert.ThrowsAsync<ArgumentException>(() => Of(host).AddAsync(owner.Caller, attempt, credential));
        Assert.IsType<PasskeySignInOutcome.SignedIn>(
            await host.Get<PasskeySignIn>().SignInAsync(browser, attempt, credential, remember: true));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Get<PasskeySignIn>().SignInAsync(browser, attempt, credential, remember: true));
    }

    [EachEngineFact]
    public async Task Questions_and_passkeys_go_with_time_and_with_the_account()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await AddAsync(host, owner.Caller, Credential());
        Assert.IsType<BeginPasskeyOutcome.Began>(await Of(host).BeginAsync(owner.Caller, Challenge));
        Assert.IsType<BeginPasskeyOutcome.Began>(await host.Get<PasskeySignIn>().BeginAsync(CoreHost.NewBrowser(), Challenge));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, host.Rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
        host.Clock.Advance(PasskeyAttempt.Patience);
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"UserPasskeys\""));

        Assert.IsType<BeginPasskeyOutcome.Began>(await Of(host).BeginAsync(owner.ProvedAt(host.Clock.GetUtcNow()), Challenge));
        await host.Database.WriteAsync(
            WritePriority.Ordinary, db => db.Users.ExecuteDeleteAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"UserPasskeys\""));
    }

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("localhost", true)]
    [InlineData("", false)]
    [InlineData("Example.com", false)]
    [InlineData("https://example.com", false)]
    [InlineData("example.com:8080", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("-a.com", false)]
    [InlineData("a..com", false)]
    public void The_domain_is_a_name_without_scheme_and_port(string domain, bool valid) =>
        Assert.Equal(valid, new PasskeyOptionsValidator().Validate(new PasskeyOptions { ServerDomain = domain }).IsValid);

    private static PasskeyService Of(CoreHost host) => host.Get<PasskeyService>();

    private static PasskeyCredential Credential(bool synced = false) =>
        new(RandomNumberGenerator.GetBytes(32), [1, 2, 3], default, 0, ["internal"], synced, synced);

    private static async Task<AddPasskeyOutcome.Added> AddAsync(CoreHost host, Caller caller, PasskeyCredential credential)
    {
        using var attempt = await OpenAsync(host, caller);
        return Assert.IsType<AddPasskeyOutcome.Added>(await Of(host).AddAsync(caller, attempt, credential));
    }

    private static async Task<PasskeyAttempt> OpenAsync(CoreHost host, Caller caller)
    {
        var began = Assert.IsType<BeginPasskeyOutcome.Began>(await Of(host).BeginAsync(caller, Challenge));
        var attempt = Assert.IsType<OpenPasskeyOutcome.Opened>(await Of(host).OpenAsync(caller, began.Id)).Attempt;
        Assert.Equal(Challenge.State, attempt.State);
        return attempt;
    }

    private static async Task<PasskeyAttempt> OpenSignInAsync(CoreHost host, UserId account, CallingBrowser browser)
    {
        var began = Assert.IsType<BeginPasskeyOutcome.Began>(await host.Get<PasskeySignIn>().BeginAsync(browser, Challenge));
        return Assert.IsType<OpenPasskeyOutcome.Opened>(await host.Get<PasskeySignIn>().OpenAsync(browser, began.Id, account)).Attempt;
    }

    private static async Task<PasskeySignInOutcome> SignInAsync(
        CoreHost host, UserId account, PasskeyCredential? verified, CallingBrowser? browser = null)
    {
        browser ??= CoreHost.NewBrowser();
        using var attempt = await OpenSignInAsync(host, account, browser);
        return await host.Get<PasskeySignIn>().SignInAsync(browser, attempt, verified, remember: true);
    }
}
