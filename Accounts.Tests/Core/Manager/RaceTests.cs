using System.Data.Common;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Accounts.Tests.Core.Manager;

/// <summary>Two operations at once. The gate holds them so that they meet in the worst order every time.</summary>
public sealed class RaceTests
{
    // Guard: AND "EndedAt" IS NULL in SessionActivity.Update and Renewal.
    [EachEngineFact]
    public async Task A_renewal_in_flight_does_not_touch_a_session_that_has_just_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromHours(2));
        host.Activity.RecordPage((await host.RequestAsync(other))!, "198.51.100.9");
        host.Activity.RecordPage((await host.RequestAsync(owner))!, "198.51.100.9");
        var before = host.Rows.Session(other.Id);

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.ProvedAt(host.Clock.GetUtcNow()), other.Id);
        await commit.Arrived;
        // The flush takes its batch and waits for the write lock that the ending holds.
        var flush = host.Activity.FlushAsync();
        await host.BlockedAsync();
        Assert.False(flush.IsCompleted);
        commit.Release();
        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        await flush;

        var after = host.Rows.Session(other.Id);
        Assert.NotNull(after["EndedAt"]);
        Assert.Equal(before["ExpiresAt"], after["ExpiresAt"]);
        Assert.Equal(before["LastActivityAt"], after["LastActivityAt"]);
        Assert.Equal(before["PagesVisited"], after["PagesVisited"]);
        Assert.Equal(before["LastAddress"], after["LastAddress"]);
        Assert.Null(await host.RequestAsync(other));
        // The same batch did reach the live session.
        Assert.Equal(1L, host.Rows.Session(owner.Id)["PagesVisited"]);
        Assert.True((long)host.Rows.Session(owner.Id)["ExpiresAt"]! > (long)before["ExpiresAt"]!);
    }

    // Guard: AND "ExpiresAt" > @at in SessionActivity.Update (and activityAt >= expiresAt in SessionLifetime.Renew, see its own tests).
    [EachEngineFact]
    public async Task Activity_after_the_expiry_does_not_revive_a_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        var live = (await host.RequestAsync(browser))!;
        // A request that was accepted just before the expiry records its activity just after it.
        host.Clock.Advance(TimeSpan.FromHours(24));
        host.Activity.RecordPage(live, "198.51.100.9");
        var before = host.Rows.Session(browser.Id);

        await host.Activity.FlushAsync();

        Assert.Equal(before, host.Rows.Session(browser.Id));
        Assert.Null(await host.RequestAsync(browser));
        await host.Upkeep.SweepAsync();
        Assert.Equal((long)EndReason.Expired, host.Rows.Session(browser.Id)["EndReason"]);
        Assert.Null(await host.RequestAsync(browser));
    }

    // Control for the test above: the same steps one second earlier.
    [EachEngineFact]
    public async Task Activity_before_the_expiry_renews_the_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync(remember: false);
        var live = (await host.RequestAsync(browser))!;
        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        host.Activity.RecordPage(live, "198.51.100.9");

        await host.Activity.FlushAsync();

        host.Clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(await host.RequestAsync(browser));
        Assert.Equal(1L, host.Rows.Session(browser.Id)["PagesVisited"]);
    }

    // Guard: the tombstone that SessionRegistry.MarkEnded adds for an unknown id (AddOrUpdate, not TryUpdate).
    [EachEngineFact]
    public async Task A_load_that_began_before_the_end_does_not_revive_the_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        // The load reads the session's row, then its user's. The gate holds it in between.
        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
        Assert.Null(await host.Authenticator.FindLiveAsync(other.Id));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: TombstoneAge in SessionRegistry.Prune.
    [EachEngineFact]
    public async Task Pruning_keeps_a_tombstone_for_as_long_as_a_load_may_take()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Registry.Prune();
        host.Clock.Advance(SessionRegistry.LongestLoad);
        host.Registry.Prune();
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
    }

    // Guard: LongestLoad in SessionRegistry.TryAdd.
    [EachEngineFact]
    public async Task A_load_that_outlives_the_tombstone_is_repeated()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var load = host.Gate.StopCommand("FROM \"Users\"");
        var request = host.RequestAsync(other).AsTask();
        await load.Arrived;
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        host.Registry.Prune();
        load.Release();

        Assert.Null(await request);
        Assert.Null(await host.RequestAsync(other));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: the comparison of user.SecurityStamp with verified.Stamp in SessionStarter.StartAsync, and RenewStamp in EndManyAsync.
    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_in_progress_does_not_survive_signing_out_everywhere(bool remoteLogout)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var commit = host.Gate.StopCommit();
        Task everywhere = remoteLogout ? host.Sessions.RemoteLogoutAsync(owner.Caller) : host.Sessions.SignOutEverywhereAsync(owner.Caller);
        await commit.Arrived;
        // The password has been verified. Starting the session waits for the lock that the ending holds.
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await host.BlockedAsync();
        Assert.False(signIn.IsCompleted);
        commit.Release();
        await everywhere;

        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    // Guard: the same comparison, and RenewStamp in PasswordChange.ChangeAsync.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_does_not_survive_a_password_change()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var commit = host.Gate.StopCommit();
        var input = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase", EndOtherSessions = false };
        var change = host.PasswordChange.ChangeAsync(owner.Caller, input);
        await commit.Arrived;
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        await host.BlockedAsync();
        Assert.False(signIn.IsCompleted);
        commit.Release();
        Assert.IsType<ChangePasswordOutcome.Changed>(await change);

        Assert.IsType<SignInOutcome.WrongCredentials>(await signIn);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: "another passphrase"));
    }

    // Control for the two tests above: the same wait at the same lock, behind an ending that leaves the stamp alone.
    [EachEngineFact]
    public async Task A_sign_in_in_progress_survives_the_end_of_one_session()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var signIn = host.TrySignInAsync(CoreHost.NewBrowser());
        // On PostgreSQL, it needn't wait.
        Assert.False(signIn.IsCompleted && !host.Rows.IsPostgreSql);
        commit.Release();
        await terminate;

        Assert.IsType<SignInOutcome.SignedIn>(await signIn);
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task When_two_sessions_terminate_each_other_exactly_one_succeeds()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.TerminateAsync(one.Caller, two.Id);
        await commit.Arrived;
        var second = host.Sessions.TerminateAsync(two.Caller, one.Id);
        await host.BlockedAsync();
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await first);
        Assert.Equal(TerminateOutcome.CallerEnded, await second);
        Assert.NotNull(await host.RequestAsync(one));
        Assert.Null(await host.RequestAsync(two));
        Assert.Single(host.Rows.Audit("session.terminated"));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync.
    [EachEngineFact]
    public async Task A_session_that_has_just_ended_cannot_sign_out_everywhere()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, thief) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, thief.Id);
        await commit.Arrived;
        var everywhere = host.Sessions.SignOutEverywhereAsync(thief.Caller);
        await host.BlockedAsync();
        Assert.False(everywhere.IsCompleted);
        commit.Release();
        await terminate;

        Assert.IsType<EndSessionsOutcome.CallerEnded>(await everywhere);
        Assert.NotNull(await host.RequestAsync(owner));
        Assert.Equal(new EndSessionsOutcome.Ended(0), await host.Sessions.SignOutEverywhereAsync(owner.Caller));
    }

    // Guard: "EndedAt" IS NULL in SessionStatements.EndAsync, and the outcome from what the statement returned.
    [EachEngineFact]
    public async Task When_two_sessions_terminate_the_same_target_one_is_told_that_it_had_already_ended()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (one, two, target) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);

        var commit = host.Gate.StopCommit();
        var first = host.Sessions.TerminateAsync(one.Caller, target.Id);
        await commit.Arrived;
        var second = host.Sessions.TerminateAsync(two.Caller, target.Id);
        await host.BlockedAsync();
        Assert.False(second.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await first);
        Assert.Equal(TerminateOutcome.AlreadyEnded, await second);
        Assert.Null(await host.RequestAsync(target));
        var told = Assert.Single(host.Rows.Audit("session.terminated"));
        Assert.Equal(one.Id.Value, Guid.Parse((string)told["ActorSessionId"]!));
        Assert.Equal([new SessionChange.Ended(one.Caller.Subject, target.Id, EndReason.Terminated)], heard);
    }

    // Guard: the lock that an act holds from the check of its session until its commit.
    [EachEngineFact]
    public async Task An_act_that_was_admitted_commits_before_the_end_of_its_session_returns()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        // The act has checked its own session and is about to change the row.
        var act = host.Gate.StopCommand("SET \"Name\"");
        var rename = host.Sessions.RenameAsync(other.Caller, owner.Id, new RenameSessionInput { Name = "Desk" });
        await act.Arrived;
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await host.BlockedAsync();
        Assert.False(terminate.IsCompleted);
        Assert.NotNull(await host.RequestAsync(other));
        act.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.Equal("Desk", host.Rows.Session(owner.Id)["Name"]);
        Assert.Equal(new RenameOutcome.Renamed("Desk"), await rename);
    }

    // Guard: the same lock, for acts that lock the account or write another table.
    [EachEngineTheory]
    [InlineData("password")]
    [InlineData("code")]
    [InlineData("proof")]
    public async Task An_act_held_before_its_commit_is_there_when_the_end_of_its_session_returns(string kind)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, acting) = (await host.SignInAsync(), await host.SignInAsync());
        var before = host.Rows.Everything();

        var commit = host.Gate.StopCommit();
        var act = ActAsync(host, kind, acting);
        await commit.Arrived;
        var terminate = host.Sessions.TerminateAsync(owner.Caller, acting.Id);
        await host.BlockedAsync();
        Assert.False(terminate.IsCompleted);
        Assert.Equal(before, host.Rows.Everything());
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.NotEqual(0, Effects(host, kind));
        Assert.True(await act);
    }

    // Guard: LockLiveAsync in CommandRunner.AdmitAsync. The test above is its control.
    [EachEngineTheory]
    [InlineData("password")]
    [InlineData("code")]
    [InlineData("proof")]
    public async Task An_act_that_waits_for_the_end_of_its_session_does_nothing(string kind)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, acting) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, acting.Id);
        await commit.Arrived;
        var act = ActAsync(host, kind, acting);
        await host.BlockedAsync();
        Assert.False(act.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.False(await act);
        Assert.Equal(0, Effects(host, kind));
    }

    // Guard: the order of locks in SessionStatements.LockLiveAsync. Without it, PostgreSQL ends one of two transactions that wait for each other.
    [EachEngineFact]
    public async Task Sessions_that_end_each_other_at_once_never_deadlock()
    {
        const int Rounds = 40;
        var deadlocks = new Deadlocks();
        await using var host = CoreHost.Start(
            services => services.AddSingleton(new ContextInterceptor(deadlocks)),
            ("SignIn:AttemptsPerAccount", "1000"), ("SignIn:AttemptsPerAddress", "1000"));
        await host.RegisterAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var callers = new List<Caller>();
            for (var i = 0; i < 4; i++)
                callers.Add((await host.SignInAsync()).Caller);
            var ids = callers.ConvertAll(caller => caller.OwnSession);
            // Everyone is after everyone else, in orders that cross.
            var attacks = callers.Select((caller, i) => Task.Run(async () => ((round + i) % 3) switch
            {
                0 => await host.Sessions.TerminateAsync(caller, ids[(i + 1) % ids.Count]) is TerminateOutcome.Terminated
                    or TerminateOutcome.AlreadyEnded,
                1 => await host.Sessions.SignOutEverywhereAsync(caller) is EndSessionsOutcome.Ended,
                _ => await host.Sessions.TerminateManyAsync(caller, [.. ids.Where((_, other) => other != i).Reverse()]) is TerminateManyOutcome.Ended,
            })).ToList();
            var admitted = (await Task.WhenAll(attacks)).Count(success => success);
            var left = 0;
            foreach (var id in ids)
                left += await host.Authenticator.FindLiveAsync(id) is null ? 0 : 1;
            // Whoever came last is still there.
            Assert.InRange(left, 1, ids.Count - 1);
            Assert.InRange(admitted, 1, ids.Count);
        }

        Assert.Equal(0, deadlocks.Count);
    }

    // Control for the test above: locks in crossing orders do deadlock, the server says so, and the product runs the loser again.
    [EachEngineFact]
    public async Task A_deadlock_is_noticed_and_its_loser_runs_again()
    {
        var deadlocks = new Deadlocks();
        await using var host = CoreHost.Start(services => services.AddSingleton(new ContextInterceptor(deadlocks)));
        await host.RegisterAsync();
        var ids = new[] { (await host.SignInAsync()).Id.Value, (await host.SignInAsync()).Id.Value };
        using var both = new Barrier(2);
        var first = new[] { true, true };
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => host.Database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            await NameAsync(db, ids[i]);
            // On SQLite, the other one isn't let in.
            if (first[i] && host.Rows.IsPostgreSql)
                both.SignalAndWait(Patience.Limit);
            first[i] = false;
            await NameAsync(db, ids[1 - i]);
            return true;
        }))));

        // On a busy machine, the loser may take its first lock again before the winner gets it.
        if (host.Rows.IsPostgreSql)
            Assert.InRange(deadlocks.Count, 1, AccountsDatabase.Attempts);
        else
            Assert.Equal(0, deadlocks.Count);
        Assert.Equal(2, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"Name\" = 'Desk'"));

        static Task<int> NameAsync(AccountsDbContext db, Guid id) =>
            db.Sessions.Where(session => session.Id == id).ExecuteUpdateAsync(set => set.SetProperty(session => session.Name, "Desk"));
    }

    // Guard: IsLiveAsync in CommandRunner.AdmitAsync. The act comes after the ending, and the test above is its control.
    [EachEngineFact]
    public async Task An_act_of_a_session_that_is_ending_is_refused()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());

        var commit = host.Gate.StopCommit();
        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        await commit.Arrived;
        var rename = host.Sessions.RenameAsync(other.Caller, owner.Id, new RenameSessionInput { Name = "Desk" });
        await host.BlockedAsync();
        Assert.False(rename.IsCompleted);
        commit.Release();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.IsType<RenameOutcome.NotLive>(await rename);
        Assert.Null(host.Rows.Session(owner.Id)["Name"]);
        Assert.Empty(host.Rows.Audit("session.renamed"));
    }

    /// <summary>Lets a session act. True if it was allowed to.</summary>
    private static async Task<bool> ActAsync(CoreHost host, string kind, SignedInBrowser acting) => kind switch
    {
        "password" => await host.PasswordChange.ChangeAsync(acting.Caller, new ChangePasswordInput
        {
            CurrentPassword = CoreHost.Password, NewPassword = "another passphrase", EndOtherSessions = false,
        })
            is ChangePasswordOutcome.Changed,
        "code" => await host.Get<SupportCodes>().FindOrMakeAsync(acting.Caller) is not null,
        "proof" => await host.Reauthentication.ReauthenticateAsync(acting.Caller, CoreHost.Password) is ReauthenticationOutcome.Proved,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such act."),
    };

    /// <summary>How many rows tell of the act.</summary>
    private static long Effects(CoreHost host, string kind) => kind switch
    {
        "password" => host.Rows.Audit("user.password_changed").Count,
        "code" => host.Rows.Number("SELECT COUNT(*) FROM \"SupportCodes\""),
        _ => host.Rows.Audit("session.reauthenticated").Count,
    };

    /// <summary>Counts the transactions that PostgreSQL ended because of a deadlock.</summary>
    private sealed class Deadlocks : DbCommandInterceptor
    {
        private int _count;

        public int Count => _count;

        public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            if (eventData.Exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
                Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }
}
