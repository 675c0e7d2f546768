using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Storage.Sqlite;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Accounts.Tests.Core.Administration;

/// <summary>Administrators read how the installation is doing.</summary>
public sealed class SystemReaderTests
{
    private const string Root = "root@example.test";

    [EachEngineFact]
    public async Task Live_sessions_count_and_endings_of_the_last_day_by_reason()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await host.RegisterAsync();
        var early = await host.SignInAsync();
        await host.Sessions.SignOutAsync(early.Caller);
        Assert.Equal(1, (await ReadAsync(host, root)).Endings[EndReason.SignedOut]);

        host.Clock.Advance(TimeSpan.FromHours(23));
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, one.Id));
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, two.Id));
        var state = await ReadAsync(host, root);
        Assert.Equal(2, state.LiveSessions);
        Assert.Equal(new Dictionary<EndReason, int> { [EndReason.SignedOut] = 1, [EndReason.Terminated] = 2 }, state.Endings);

        // The first one ended a day ago.
        host.Clock.Advance(TimeSpan.FromHours(1));
        state = await ReadAsync(host, root);
        Assert.Equal(new Dictionary<EndReason, int> { [EndReason.Terminated] = 2 }, state.Endings);
        Assert.Equal((TestClock.Start + TimeSpan.FromDays(1), TestClock.Start), (state.At, state.StartedAt));
    }

    [EachEngineFact]
    public async Task Only_administrators_read_it()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await host.RegisterAsync();
        var user = await host.SignInAsync();
        var reader = host.Get<SystemReader>();
        await RefusedAsync();
        await host.Get<RoleGrants>().GrantAsync(CoreHost.Email, Roles.Support);
        await RefusedAsync();
        // Control: with the role, the same session reads it.
        await host.Get<RoleGrants>().GrantAsync(CoreHost.Email, Roles.Administrator);
        Assert.NotNull(await reader.ReadAsync(user.Caller));

        await host.Sessions.SignOutAsync(user.Caller);
        Assert.Null(await reader.ReadAsync(user.Caller));
        Assert.NotNull(await reader.ReadAsync(root));

        async Task RefusedAsync() => Assert.Equal(
            CallerRefusal.RoleMissing, (await Assert.ThrowsAsync<CallerRefusedException>(() => reader.ReadAsync(user.Caller))).Refusal);
    }

    [EachEngineFact]
    public async Task The_database_names_its_engine_its_size_and_its_migrations()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        var facts = (await ReadAsync(host, root)).Database;
        Assert.StartsWith(host.Rows.IsPostgreSql ? "PostgreSQL 1" : "SQLite 3.", facts.Engine, StringComparison.Ordinal);
        Assert.Equal(host.Rows.IsPostgreSql, facts.IsOnServer);
        Assert.Equal(host.Rows.IsPostgreSql, facts.FreeBytes is null);
        Assert.InRange(facts.Bytes, 100_000, 1L << 30);
        Assert.Equal("0001_First", facts.Applied[0]);
        Assert.Empty(facts.Pending);

        // Somebody put an older database in place.
        var last = facts.Applied[^1];
        host.Rows.Execute("DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = @id", ("@id", last));
        facts = (await ReadAsync(host, root)).Database;
        Assert.Equal(last, Assert.Single(facts.Pending));
        Assert.DoesNotContain(last, facts.Applied, StringComparer.Ordinal);
    }

    [EachEngineFact]
    public async Task A_clock_behind_the_newest_session_is_found_until_it_has_caught_up()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.RegisterAsync();
        await host.SignInAsync();
        var state = await ReadAsync(host, root);
        Assert.Equal((TestClock.Start, null), (state.StartedAt, state.ClockLag));
        host.Clock.SetBack(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.FromMinutes(5), (await ReadAsync(host, root)).ClockLag);
        host.Clock.Advance(TimeSpan.FromMinutes(4.5));
        Assert.Null((await ReadAsync(host, root)).ClockLag);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_is_found()
    {
        var system = new TestClock();
        await using var host = CoreHost.Start(
            services => services.AddSingleton<TimeProvider>(new SteadyTime(system, NullLogger<SteadyTime>.Instance)));
        var root = await SignInRootAsync(host);
        Assert.Null((await ReadAsync(host, root)).ClockBack);
        system.SetBack(TimeSpan.FromSeconds(9));
        Assert.Null((await ReadAsync(host, root)).ClockBack);
        system.SetBack(TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(9), (await ReadAsync(host, root)).ClockBack);
    }

    [EachEngineFact]
    public async Task Hashes_and_forms_that_wait_or_were_refused_are_found_for_an_hour()
    {
        var hasher = new HeldHasher();
        await using var host = CoreHost.Start(hasher.AddTo, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "1"));
        var root = await SignInRootAsync(host);
        var state = await ReadAsync(host, root);
        Assert.Equal((0, 0, null, null), (state.HashesWaiting, state.FormsWaiting, state.HashingRefusedAt, state.FormsRefusedAt));

        // One hash runs, one waits, and there is no place for a third.
        hasher.Hold();
        var running = host.TrySignInAsync(CoreHost.NewBrowser(), Root);
        await hasher.ArrivedAsync();
        var waiting = host.TrySignInAsync(CoreHost.NewBrowser(), Root);
        await Patience.UntilAsync(async () => (await ReadAsync(host, root)).HashesWaiting == 1);
        Assert.Null((await ReadAsync(host, root)).HashingRefusedAt);
        Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), Root));
        var refusedAt = host.Clock.GetUtcNow();
        Assert.Equal(refusedAt, (await ReadAsync(host, root)).HashingRefusedAt);
        hasher.ReleaseAll();
        await Task.WhenAll(running, waiting);

        // The first form has the only place.
        var queue = host.Get<SignInQueue>();
        using var place = await queue.EnterAsync("203.0.113.7", returning: false);
        var late = queue.EnterAsync("203.0.113.7", returning: false);
        Assert.Equal(1, (await ReadAsync(host, root)).FormsWaiting);
        host.Clock.Advance(SignInQueue.Patience);
        Assert.Null(await late);
        state = await ReadAsync(host, root);
        Assert.Equal((0, host.Clock.GetUtcNow()), (state.FormsWaiting, state.FormsRefusedAt));

        host.Clock.Advance(SystemReader.RefusalsOf - SignInQueue.Patience);
        state = await ReadAsync(host, root);
        Assert.Null(state.HashingRefusedAt);
        Assert.NotNull(state.FormsRefusedAt);
        host.Clock.Advance(SignInQueue.Patience);
        Assert.Null((await ReadAsync(host, root)).FormsRefusedAt);
    }

    [EachEngineFact]
    public async Task The_push_is_summarized()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        SessionChange.Ended? ended = null;
        using var subscription = host.Feed.Subscribe(change => ended = change as SessionChange.Ended ?? ended);
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        Assert.Null((await ReadAsync(host, root)).Push);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        host.Departures.MeasureTold(ended!);
        var push = (await ReadAsync(host, root)).Push!;
        Assert.Equal((1, TimeSpan.FromSeconds(1), false), (push.Count, push.Percentile95, push.IsSlow));
        host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        host.Departures.MeasureTold(ended!);
        push = (await ReadAsync(host, root)).Push!;
        Assert.Equal((2, true), (push.Count, push.IsSlow));
    }

    [Fact]
    public async Task Keys_that_the_application_encrypts_are_found()
    {
        await using (var plain = CoreHost.Start())
            Assert.False((await ReadAsync(plain, await SignInRootAsync(plain))).KeysAreEncrypted);
        await using var host = CoreHost.Start(services => services.Configure<KeyManagementOptions>(
            o => o.XmlEncryptor = new Microsoft.AspNetCore.DataProtection.XmlEncryption.NullXmlEncryptor()));
        Assert.True((await ReadAsync(host, await SignInRootAsync(host))).KeysAreEncrypted);
    }

    [Fact]
    [OnSqlite]
    public async Task Files_that_others_can_read_are_found()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows, the folder decides.");
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        Assert.False((await ReadAsync(host, root)).Database.IsReadableByOthers);
        var file = host.Get<DatabaseFile>();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.LogPath, DatabaseFile.Owner | UnixFileMode.GroupRead);
        Assert.True((await ReadAsync(host, root)).Database.IsReadableByOthers);
    }

    [Fact]
    [OnSqlite]
    public async Task A_small_disk_is_short_of_room()
    {
        using var disk = TinyDisk.Mount();
        await using (var host = CoreHost.Start(disk.Folder))
        {
            var facts = (await ReadAsync(host, await SignInRootAsync(host))).Database;
            Assert.InRange(facts.FreeBytes!.Value, 1, 3 << 20);
            Assert.True(facts.IsShortOfRoom);
        }

        // A copy of the database must fit, too.
        Assert.False(new DatabaseFacts("", "", 3L << 30) { FreeBytes = 3L << 30 }.IsShortOfRoom);
        Assert.True(new DatabaseFacts("", "", 3L << 30) { FreeBytes = (3L << 30) - 1 }.IsShortOfRoom);
        Assert.False(new DatabaseFacts("", "", 1) { FreeBytes = 1 << 30 }.IsShortOfRoom);
        Assert.False(new DatabaseFacts("", "", 1).IsShortOfRoom);
    }

    private static async Task<SystemState> ReadAsync(CoreHost host, Caller root) => (await host.Get<SystemReader>().ReadAsync(root))!;

    private static async Task<Caller> SignInRootAsync(CoreHost host)
    {
        await host.RegisterAsync(Root, "Root Admin");
        await host.Get<RoleGrants>().GrantAsync(Root, Roles.Administrator);
        return (await host.SignInAsync(Root)).Caller;
    }
}
