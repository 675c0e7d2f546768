using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Core.Providers.LinkedHost;

namespace Accounts.Tests.Core.Providers;

/// <summary>What a provider's logout ends: sessions, and sign-ins that are half way.</summary>
public sealed class ProviderLogoutTests
{
    [EachEngineFact]
    public async Task A_logout_token_ends_the_sessions_that_it_names_once()
    {
        await using var host = Start();
        var (first, second) = (await ComeAsync(host, Says("g-1", "grace@example.test", "s-1")), await ComeAsync(host, Says("g-1", sid: "s-2")));
        var (unnamed, ada) = (await ComeAsync(host, Says("g-1")), await ComeAsync(host, Says("a-1", "ada@example.test", "s-3")));
        Assert.Equal(2, await EndAsync(host, "t-1", "g-1", "s-1"));
        Assert.Equal((true, false, true, false),
            (await IsOverAsync(host, first), await IsOverAsync(host, second), await IsOverAsync(host, unnamed), await IsOverAsync(host, ada)));
        Assert.Equal(0, await EndAsync(host, "t-1", "g-1", "s-2"));
        Assert.Equal(0, await EndAsync(host, "t-2", "a-1", "s-2"));
        Assert.False(await IsOverAsync(host, second));
        Assert.Equal(1, await EndAsync(host, "t-3", null, "s-2"));
        Assert.Equal(1, await EndAsync(host, "t-4", "a-1", null));
        Assert.True(await IsOverAsync(host, ada));
        var told = (await host.EventsAsync(first.Caller, new AuditQuery()))!.Where(one => one.Action is AuditAction.SessionsEndedByProvider).ToList();
        Assert.All(told, one => Assert.Equal(AuditActor.Provider, one.Actor));
        Assert.Equal([1, 2], told.Select(one => one.Count!.Value).Order());
        Assert.Equal(EndReason.EndedByProvider, (await host.HistoryAsync(ada.Caller))[0].Ending!.Reason);
    }

    // Guards: the time and the subject in HasEndedAsync.
    [EachEngineTheory]
    [InlineData("s-1", "g-1", "s-1", true)]
    [InlineData("s-1", null, "s-1", true)]
    [InlineData("s-1", "g-1", null, true)]
    [InlineData(null, "g-1", null, true)]
    [InlineData(null, "g-1", "s-1", true)]
    [InlineData("s-1", "g-1", "s-2", false)]
    [InlineData("s-1", "g-2", null, false)]
    public async Task A_logout_at_the_provider_voids_an_answer_that_is_on_its_way(string? sid, string? subject, string? ended, bool isVoid)
    {
        await using var host = Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await LinkAsync(host, owner, "g-1");
        var browser = CoreHost.NewBrowser();
        var (request, registers) = (await AskAsync(host, browser), await AskAsync(host, browser));
        var proves = await AskToProveAsync(host, owner);
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await EndAsync(host, "t-1", subject, ended);
        var fresh = Fresh(host, "g-1") with { Sid = sid };
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        var signIn = host.Get<ProviderSignIn>();
        var outcome = await signIn.SignInAsync(browser, request, Says("g-1", sid: sid));
        Assert.Equal(isVoid, outcome is ProviderSignInOutcome.Refused);
        Assert.Equal(isVoid, await host.Get<ProviderProof>().ProveAsync(owner.Caller, proves, fresh) is ProviderProofOutcome.Refused);
        if (isVoid && subject is null)
        {
            var made = await signIn.SignInAsync(browser, registers, Says("g-9", "grace@example.test", sid));
            Assert.IsType<ProviderSignInOutcome.Refused>(made);
        }

        // Whoever goes there again is signed in there again, also if the provider calls the session the same.
        Assert.IsType<ProviderSignInOutcome.SignedIn>(await SignInAsync(host, Says("g-1", sid: sid), browser));
    }

    // Guards: LockEpochAsync. The logout knows neither the account nor the session, so there is no other row that both lock.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_logout_waits_for_a_sign_in_that_it_does_not_see_yet(bool isNew)
    {
        await using var host = Start();
        if (!isNew)
            await ComeAsync(host, Says("g-1", "grace@example.test"));
        var commit = host.Gate.StopCommand("INSERT INTO \"Sessions\"");
        var signIn = ComeAsync(host, Says("g-1", "grace@example.test", "s-1"));
        await commit.Arrived;
        // On SQLite, the logout's turn comes afterwards.
        var wait = TestEngine.Current is StorageProvider.PostgreSql ? host.Gate.StopCommand("FROM \"Installation\"") : null;
        var logout = EndAsync(host, "t-1", null, "s-1");
        await (wait?.Arrived ?? Task.CompletedTask);
        wait?.Release();
        commit.Release();
        var guest = await signIn;
        Assert.Equal(1, await logout);
        Assert.True(await IsOverAsync(host, guest));
    }
}
