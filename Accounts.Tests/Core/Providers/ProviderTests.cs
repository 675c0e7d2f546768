using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.PersonalData;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Accounts.Tests.Core.Providers.LinkedHost;

namespace Accounts.Tests.Core.Providers;

/// <summary>Linked accounts, and what the core makes of a provider's word.</summary>
public sealed class ProviderTests
{
    [EachEngineFact]
    public async Task Owners_link_sign_in_and_unlink()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var linked = Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, "g-1")).Account;
        Assert.Equal(("google", "Google", "ada@id.example.test", null), (linked.Provider, linked.ProviderName, linked.Email, linked.LastUsedAt));
        Assert.IsType<LinkOutcome.AlreadyLinked>(await LinkAsync(host, owner, "g-1"));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var there = await ComeAsync(host, Says("g-1"));
        Assert.Equal(owner.Caller.Subject, there.Caller.Subject);
        Assert.Equal(SignInMethods.Provider, there.Caller.SessionMethods);
        Assert.Equal(TestClock.Start.AddMinutes(1), Assert.Single(await Of(host).ListAsync(owner.Caller)).LastUsedAt);

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(UnlinkOutcome.Unlinked, await Of(host).UnlinkAsync(owner.Caller, linked.Id, endOtherSessions: true));
        Assert.Equal(UnlinkOutcome.NotFound, await Of(host).UnlinkAsync(owner.Caller, linked.Id));
        Assert.Null(await host.RequestAsync(there));
        Assert.NotNull(await host.RequestAsync(owner));
        var events = (await host.EventsAsync(owner.Caller, new AuditQuery()))!;
        Assert.Contains(events, one => one.Action is AuditAction.ProviderLinked);
        Assert.Equal(1, Assert.Single(events, one => one.Action is AuditAction.ProviderUnlinked).Count);
        Assert.All(events, one => Assert.Null(one.Value));
    }

    [EachEngineFact]
    public async Task Linking_needs_a_fresh_proof_and_the_live_session_that_asked()
    {
        await using var host = Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (owner, other, grace) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var (first, second) = (await AskToLinkAsync(host, owner), await AskToLinkAsync(host, owner));
        var (third, fourth) = (await AskToLinkAsync(host, owner), await AskToLinkAsync(host, owner));
        // Another session, and another account that has signed in in that browser since.
        Assert.IsType<LinkOutcome.Refused>(await Of(host).LinkAsync(other.Caller, first, Says("g-1")));
        Assert.IsType<LinkOutcome.Refused>(await Of(host).LinkAsync(grace.Caller, second, Says("g-1")));
        await Assert.ThrowsAsync<ArgumentException>(() => Of(host).LinkAsync(grace.Caller, second, Says("g-1")));
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.True(await Of(host).NeedsProofAsync(owner.Caller));
        Assert.IsType<LinkOutcome.ProofNeeded>(await Of(host).LinkAsync(owner.Caller, third, Says("g-1")));
        Assert.IsType<BeginProviderOutcome.ProofNeeded>(await Of(host).BeginAsync(owner.Caller, owner.Browser, Google));
        var proved = owner.ProvedAt(host.Clock.GetUtcNow());
        await host.Sessions.TerminateAsync(other.ProvedAt(host.Clock.GetUtcNow()), owner.Id);
        Assert.IsType<LinkOutcome.CallerEnded>(await Of(host).LinkAsync(proved, fourth, Says("g-1")));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"LinkedAccounts\""));
        // Control.
        Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, other, "g-1", other.ProvedAt(host.Clock.GetUtcNow())));
    }

    // Guard: StillHoldsAsync.
    [EachEngineFact]
    public async Task A_change_of_the_account_voids_an_answer_that_is_on_its_way()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var (link, prove) = (await AskToLinkAsync(host, owner), await AskToProveAsync(host, owner));
        host.Rows.Execute("UPDATE \"Users\" SET \"SecurityStamp\" = 'changed'");
        Assert.IsType<LinkOutcome.Refused>(await Of(host).LinkAsync(owner.Caller, link, Says("g-1")));
        Assert.IsType<ProviderProofOutcome.Refused>(await host.Get<ProviderProof>().ProveAsync(owner.Caller, prove, Fresh(host, "g-1")));
        // Control.
        Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, "g-1"));
    }

    [EachEngineFact]
    public async Task An_account_at_a_provider_belongs_to_one_account_even_if_two_link_it_at_once()
    {
        await using var host = Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        var outcomes = await Task.WhenAll(LinkAsync(host, ada, "g-1"), LinkAsync(host, grace, "g-1"));
        Assert.Single(outcomes.OfType<LinkOutcome.Linked>());
        Assert.Single(outcomes.OfType<LinkOutcome.LinkedElsewhere>());
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"LinkedAccounts\""));
        // The same subject of another issuer is somebody else.
        var request = await AskToLinkAsync(host, grace, provider: Other);
        Assert.IsType<LinkOutcome.Linked>(await Of(host).LinkAsync(grace.Caller, request, Says("g-1") with { Issuer = OtherIssuer }));
    }

    [EachEngineFact]
    public async Task The_last_way_in_stays_even_if_two_links_go_at_once()
    {
        await using var host = Start();
        var owner = await ComeAsync(host, Says("g-1", "grace@example.test"));
        var only = Assert.Single(await Of(host).ListAsync(owner.Caller));
        Assert.True(only.IsLastWayIn);
        Assert.Equal(UnlinkOutcome.LastWayIn, await Of(host).UnlinkAsync(owner.Caller, only.Id));
        var second = Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, "g-2")).Account;
        Assert.All(await Of(host).ListAsync(owner.Caller), one => Assert.False(one.IsLastWayIn));

        var outcomes = await Task.WhenAll(
            Of(host).UnlinkAsync(owner.Caller, only.Id), Of(host).UnlinkAsync(owner.Caller, second.Id));
        Assert.Equal([UnlinkOutcome.Unlinked, UnlinkOutcome.LastWayIn], outcomes.Order());
        // A provider that isn't offered any more lets nobody in.
        Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, "g-3"));
        host.Rows.Execute("UPDATE \"LinkedAccounts\" SET \"Issuer\" = 'https://former.example.test' WHERE \"Subject\" = 'g-3'");
        var left = (await Of(host).ListAsync(owner.Caller)).Single(one => one.IsOffered);
        Assert.Equal(UnlinkOutcome.LastWayIn, await Of(host).UnlinkAsync(owner.Caller, left.Id));
        // Control: a password is another way.
        host.Rows.Execute("UPDATE \"Users\" SET \"PasswordHash\" = 'x'");
        Assert.Equal(UnlinkOutcome.Unlinked, await Of(host).UnlinkAsync(owner.Caller, left.Id));
    }

    [EachEngineTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task An_emailed_link_is_a_way_in_if_the_owner_has_confirmed_the_address(bool mail, bool confirmed)
    {
        await using var host = Start(mail);
        var owner = await ComeAsync(host, Says("g-1", "grace@example.test"));
        if (!confirmed)
            host.Rows.Execute("UPDATE \"Users\" SET \"EmailConfirmed\" = FALSE");
        var only = Assert.Single(await Of(host).ListAsync(owner.Caller));
        Assert.Equal(!(mail && confirmed), only.IsLastWayIn);
        Assert.Equal(mail && confirmed ? UnlinkOutcome.Unlinked : UnlinkOutcome.LastWayIn, await Of(host).UnlinkAsync(owner.Caller, only.Id));
    }

    [EachEngineFact]
    public async Task Two_first_sign_ins_at_once_make_one_account()
    {
        await using var host = Start();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SignInAsync(host, Says("g-1", "grace@example.test"))));
        Assert.All(outcomes, outcome => Assert.IsType<ProviderSignInOutcome.SignedIn>(outcome));
        Assert.Single(outcomes.OfType<ProviderSignInOutcome.SignedIn>(), one => one.IsNew);
        Assert.Equal((1, 1, 6), (host.Rows.Number("SELECT count(*) FROM \"Users\""), host.Rows.Number("SELECT count(*) FROM \"LinkedAccounts\""),
            host.Rows.Number("SELECT count(*) FROM \"ProviderSessions\"")));
    }

    [EachEngineFact]
    public async Task Nobody_is_found_by_an_email_and_some_providers_make_no_account()
    {
        await using var host = Start();
        await host.RegisterAsync();
        Assert.IsType<ProviderSignInOutcome.NotLinked>(await SignInAsync(host, Says("g-1", " ＡDA@example.test ")));
        Assert.IsType<ProviderSignInOutcome.EmailNotVerified>(
            await SignInAsync(host, Says("g-1", "grace@example.test") with { IsEmailVerified = false }));
        // The same for an address with an account: nobody learns of one by a provider that verifies nothing.
        Assert.IsType<ProviderSignInOutcome.EmailNotVerified>(
            await SignInAsync(host, Says("g-1", "ada@example.test") with { IsEmailVerified = false }));
        Assert.IsType<ProviderSignInOutcome.EmailNotVerified>(await SignInAsync(host, Says("g-1")));
        Assert.IsType<ProviderSignInOutcome.EmailNotVerified>(await SignInAsync(host, Says("g-1", "no address")));
        Assert.IsType<ProviderSignInOutcome.NoAccount>(
            await SignInAsync(host, Says("g-1", "grace@example.test") with { Issuer = OtherIssuer }, provider: Other));
        Assert.Equal((1, 0), (host.Rows.Number("SELECT count(*) FROM \"Users\""), host.Rows.Number("SELECT count(*) FROM \"Sessions\"")));
        // Control.
        Assert.IsType<ProviderSignInOutcome.SignedIn>(await SignInAsync(host, Says("g-1", "grace@example.test")));
    }

    [EachEngineFact]
    public async Task A_closed_account_stays_closed_and_a_required_password_is_not_skipped()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await LinkAsync(host, owner, "g-1");
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1");
        Assert.IsType<ProviderSignInOutcome.AccountDisabled>(await SignInAsync(host, Says("g-1")));
        host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = NULL, \"NewPasswordRequired\" = TRUE");
        Assert.IsType<ProviderSignInOutcome.NewPasswordRequired>(await SignInAsync(host, Says("g-1")));
        var due = TestClock.Start + TimeSpan.FromDays(1);
        host.Rows.Execute(
            "UPDATE \"Users\" SET \"NewPasswordRequired\" = FALSE, \"DeletedByOwner\" = TRUE, \"DeletionDueAt\" = @due",
            ("@due", Microseconds.FromTime(due)));
        Assert.Equal(new ProviderSignInOutcome.DeletionPending(due, true), await SignInAsync(host, Says("g-1")));
        Assert.Equal(1, host.Rows.Number("SELECT count(*) FROM \"Sessions\""));
        // What an administrator deleted stays so. What its owner deleted, the owner can keep.
        host.Rows.Execute("UPDATE \"Users\" SET \"DeletedByOwner\" = FALSE");
        var browser = CoreHost.NewBrowser();
        Assert.Equal(new ProviderSignInOutcome.DeletionPending(due, false), await KeepAsync());
        host.Rows.Execute("UPDATE \"Users\" SET \"DeletedByOwner\" = TRUE");
        Assert.IsType<ProviderSignInOutcome.SignedIn>(await KeepAsync());
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"DeletionDueAt\" IS NOT NULL"));
        Assert.IsType<ProviderSignInOutcome.SignedIn>(await SignInAsync(host, Says("g-1")));

        async Task<ProviderSignInOutcome> KeepAsync() =>
            await host.Get<ProviderSignIn>().SignInAsync(browser, await AskAsync(host, browser, keepsAccount: true), Says("g-1"));
    }

    // Guards: IsOf and IsIdentifier.
    [EachEngineFact]
    public async Task A_provider_speaks_for_its_own_users_only_and_in_text_that_can_be_kept()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await LinkAsync(host, owner, "g-1");
        Assert.IsType<ProviderSignInOutcome.Refused>(await SignInAsync(host, Says("g-1"), provider: Other));
        Assert.IsType<LinkOutcome.Refused>(await Of(host).LinkAsync(
            owner.Caller, await AskToLinkAsync(host, owner), Says("g-2") with { Issuer = OtherIssuer }));
        foreach (var wrong in new[] { "", "a\0", "\ud800", new string('x', 256) })
        {
            Assert.IsType<ProviderSignInOutcome.Refused>(await SignInAsync(host, Says(wrong, "grace@example.test")));
            if (wrong.Length > 0)
                Assert.IsType<ProviderSignInOutcome.Refused>(await SignInAsync(host, Says("g-1", sid: wrong)));
        }

        // An email that is none is left out.
        var linked = Assert.IsType<LinkOutcome.Linked>(await Of(host).LinkAsync(
            owner.Caller, await AskToLinkAsync(host, owner), Says("g-2", "a\0@example.test"))).Account;
        Assert.DoesNotContain('\0', linked.Email!);
        Assert.IsType<ProviderSignInOutcome.SignedIn>(await SignInAsync(host, Says("g-1", sid: new string('x', 255))));
    }

    // Guards: ProvedAt and IsProof in ProviderSignIn.
    [EachEngineTheory]
    [InlineData(null, true)]
    [InlineData(-60, false)]
    [InlineData(30, false)]
    [InlineData(-11 * 60, true)]
    [InlineData(3_600, true)]
    public async Task A_sign_in_proves_no_more_than_the_provider_says(int? authenticated, bool needsProof)
    {
        await using var host = Start();
        await host.RegisterAsync();
        await LinkAsync(host, await host.SignInAsync(), "g-1");
        var at = authenticated is { } seconds ? host.Clock.GetUtcNow().AddSeconds(seconds) : (DateTimeOffset?)null;
        var guest = await ComeAsync(host, Says("g-1") with { AuthenticatedAt = at });
        Assert.Equal(needsProof, await Of(host).NeedsProofAsync(guest.Caller));
        Assert.Equal(needsProof, host.Sessions.NeedsProof(guest.Caller));
        // Then it takes a proof, as ever.
        var outcome = await host.Reauthentication.ReauthenticateAsync(guest.Caller, new ReauthenticationInput { Password = CoreHost.Password });
        var proved = Assert.IsType<ReauthenticationOutcome.Proved>(outcome).Session;
        var live = await host.Authenticator.AuthenticateAsync(proved.Id, proved.Key.Reveal());
        Assert.False(await Of(host).NeedsProofAsync(live!.ToCaller()));
    }

    [EachEngineTheory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task Who_can_confirm_in_no_other_way_confirms_by_signing_in(bool mail, bool mayConfirm, bool needsProof)
    {
        await using var host = Start(mail, mayConfirm);
        var first = await ComeAsync(host, Says("g-1", "grace@example.test"));
        // Nothing is there yet that needs a proof.
        Assert.False(await Of(host).NeedsProofAsync(first.Caller));
        var second = await ComeAsync(host, Says("g-1"));
        Assert.Equal(needsProof, await Of(host).NeedsProofAsync(second.Caller));
    }

    [EachEngineFact]
    public async Task Two_factor_is_still_asked_and_a_logout_at_the_provider_voids_the_step()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await LinkAsync(host, owner, "g-1");
        var (app, _, _) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var browser = CoreHost.NewBrowser();
        var step = Assert.IsType<ProviderSignInOutcome.SecondStepNeeded>(await SignInAsync(host, Says("g-1", sid: "s-1"), browser));
        await EndAsync(host, "t-1", "g-1", "s-1");
        var code = new SecondStepInput { Code = app.CodeAt(host.Clock.GetUtcNow()) };
        Assert.IsType<SecondStepOutcome.Expired>(await host.Get<SecondStep>().SignInAsync(browser, step.Token, code));
        // That session at the provider is over. Another one of it counts.
        Assert.IsType<ProviderSignInOutcome.Refused>(await SignInAsync(host, Says("g-1", sid: "s-1"), browser));
        step = Assert.IsType<ProviderSignInOutcome.SecondStepNeeded>(await SignInAsync(host, Says("g-1", sid: "s-2"), browser));
        var session = Assert.IsType<SecondStepOutcome.SignedIn>(await host.Get<SecondStep>().SignInAsync(browser, step.Token, code)).Session;
        Assert.NotNull(await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()));
        await EndAsync(host, "t-2", "g-1", "s-2");
        Assert.Null(await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal()));
    }

    // Guards: RenewStamp in UnlinkAsync, and the epoch of the request.
    [EachEngineFact]
    public async Task A_sign_in_that_is_half_way_survives_neither_the_unlinking_nor_the_end_of_everybodys_sessions()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var linked = Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, "g-1")).Account;
        var (_, _, caller) = await AuthenticatorApp.TurnOnAsync(host, owner.Caller);
        var browser = CoreHost.NewBrowser();
        var early = await AskAsync(host, browser);
        host.Rows.Execute("UPDATE \"Installation\" SET \"Epoch\" = \"Epoch\" + 1");
        Assert.IsType<ProviderSignInOutcome.Refused>(await host.Get<ProviderSignIn>().SignInAsync(browser, early, Says("g-1")));
        var step = Assert.IsType<ProviderSignInOutcome.SecondStepNeeded>(await SignInAsync(host, Says("g-1"), browser));
        Assert.NotNull(await host.Get<SecondStep>().FindAsync(browser, step.Token));
        Assert.Equal(UnlinkOutcome.Unlinked, await Of(host).UnlinkAsync(caller, linked.Id));
        Assert.Null(await host.Get<SecondStep>().FindAsync(browser, step.Token));
    }

    [EachEngineFact]
    public async Task A_proof_takes_the_linked_account_and_a_provider_that_has_just_asked()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var other = await host.SignInAsync();
        await LinkAsync(host, owner, "g-1");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        var proof = host.Get<ProviderProof>();
        var now = host.Clock.GetUtcNow();
        Assert.IsType<ProviderProofOutcome.OtherAccount>(
            await proof.ProveAsync(owner.Caller, await AskToProveAsync(host, owner), Fresh(host, "g-2")));
        Assert.IsType<ProviderProofOutcome.Refused>(await proof.ProveAsync(
            owner.Caller, await AskToProveAsync(host, owner), Fresh(host, "g-1") with { Issuer = OtherIssuer }));
        Assert.IsType<ProviderProofOutcome.NotFresh>(await proof.ProveAsync(
            owner.Caller, await AskToProveAsync(host, owner), Says("g-1") with { AuthenticatedAt = now + TimeSpan.FromSeconds(61) }));
        Assert.IsType<ProviderProofOutcome.NotFresh>(await proof.ProveAsync(owner.Caller, await AskToProveAsync(host, owner), Says("g-1")));
        Assert.IsType<ProviderProofOutcome.NotFresh>(await proof.ProveAsync(
            owner.Caller, await AskToProveAsync(host, owner), Says("g-1") with { AuthenticatedAt = now - TimeSpan.FromSeconds(61) }));
        Assert.IsType<ProviderProofOutcome.Refused>(await proof.ProveAsync(other.Caller, await AskToProveAsync(host, owner), Fresh(host, "g-1")));
        Assert.True(await Of(host).NeedsProofAsync(owner.Caller));

        var proved = Assert.IsType<ProviderProofOutcome.Proved>(await proof.ProveAsync(
            owner.Caller, await AskToProveAsync(host, owner), Says("g-1") with { AuthenticatedAt = now - TimeSpan.FromSeconds(60) }));
        var live = await host.Authenticator.AuthenticateAsync(proved.Session.Id, proved.Session.Key.Reveal());
        Assert.False(await Of(host).NeedsProofAsync(live!.ToCaller()));
        Assert.Equal(SignInMethods.Provider, live!.ToCaller().ProofMethods);
    }

    [EachEngineFact]
    public async Task What_is_remembered_goes_with_time_and_with_the_account()
    {
        await using var host = Start();
        var owner = await ComeAsync(host, Says("g-1", "grace@example.test", "s-1"));
        Assert.IsType<BeginProviderOutcome.Began>(await host.Get<ProviderSignIn>().BeginAsync(owner.Browser, Google, "/settings"));
        Assert.IsType<BeginProviderOutcome.Began>(await Of(host).BeginAsync(owner.Caller, owner.Browser, Google));
        await EndAsync(host, "t-1", "g-1", "nothing");
        var cancel = TestContext.Current.CancellationToken;
        await host.Get<Retention>().RunAsync(cancel);
        Assert.Equal((2, 1), Counts());
        host.Clock.Advance(ProviderRequest.Patience);
        await host.Get<Retention>().RunAsync(cancel);
        Assert.Equal((0, 1), Counts());
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.Get<Retention>().RunAsync(cancel);
        Assert.Equal((0, 0), Counts());
        await host.Database.WriteAsync(WritePriority.Ordinary, db => db.Users.ExecuteDeleteAsync(), cancel);
        Assert.Equal(0, host.Rows.Number("SELECT (SELECT count(*) FROM \"LinkedAccounts\") + (SELECT count(*) FROM \"ProviderSessions\")"));

        (long, long) Counts() => (
            host.Rows.Number("SELECT count(*) FROM \"ProviderRequests\""), host.Rows.Number("SELECT count(*) FROM \"LogoutTokens\""));
    }

    [Fact]
    public async Task Ways_to_a_provider_and_linked_accounts_are_limited()
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        for (var i = 0; i < ProviderAccounts.MaximumPerUser; i++)
            Assert.IsType<LinkOutcome.Linked>(await LinkAsync(host, owner, $"g-{i}"));
        Assert.IsType<BeginProviderOutcome.TooMany>(await Of(host).BeginAsync(owner.Caller, owner.Browser, Google));

        var visitor = CoreHost.NewBrowser(address: "203.0.113.99");
        for (var i = 0; i < 500; i++)
            Assert.IsType<BeginProviderOutcome.Began>(await host.Get<ProviderSignIn>().BeginAsync(visitor, Google, null));
        Assert.IsType<BeginProviderOutcome.Throttled>(await host.Get<ProviderSignIn>().BeginAsync(visitor, Google, null));
        Assert.IsType<BeginProviderOutcome.Began>(await host.Get<ProviderSignIn>().BeginAsync(CoreHost.NewBrowser(), Google, null));
    }

    private static ProviderAccounts Of(CoreHost host) => host.Get<ProviderAccounts>();
}
