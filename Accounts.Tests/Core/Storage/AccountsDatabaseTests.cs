using System.Data.Common;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Storage;

public sealed class AccountsDatabaseTests
{
    [Fact]
    [OnSqlite]
    public async Task A_confirmed_commit_survives_a_power_cut_and_foreign_keys_hold()
    {
        await using var host = CoreHost.Start();
        var pragmas = await host.Database.ReadAsync(async db => (
            await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(),
            await db.Database.SqlQueryRaw<int>("SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync(),
            await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync()));
        Assert.Equal((2, 1, "wal"), pragmas);
    }

    [Fact]
    [OnSqlite]
    public async Task A_write_locks_the_database_from_its_beginning()
    {
        await using var host = CoreHost.Start();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = host.Database.WriteAsync(WritePriority.Ordinary, async _ =>
        {
            inside.SetResult();
            await go.Task;
            return true;
        });
        await inside.Task;

        Assert.Equal(SQLitePCL.raw.SQLITE_BUSY, host.Rows.Try("BEGIN IMMEDIATE"));

        go.SetResult();
        Assert.True(await write);
        Assert.Equal(SQLitePCL.raw.SQLITE_OK, host.Rows.Try("BEGIN IMMEDIATE"));
        Assert.Equal(SQLitePCL.raw.SQLITE_OK, host.Rows.Try("ROLLBACK"));
    }

    [EachEngineFact]
    public async Task A_read_does_not_wait_for_a_write()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var commit = host.Gate.StopCommit();
        var write = host.SignInAsync();
        await commit.Arrived;

        Assert.Equal(0, await host.Database.ReadAsync(db => db.Sessions.CountAsync()));

        commit.Release();
        await write;
        Assert.Equal(1, await host.Database.ReadAsync(db => db.Sessions.CountAsync()));
    }

    [EachEngineFact]
    public async Task A_database_failure_is_reported_as_unavailable_and_releases_the_lock()
    {
        await using var host = CoreHost.Start();
        var register = () =>
            host.Users.RegisterAsync(CoreHost.NewBrowser(), new RegisterInput { Email = CoreHost.Email, Name = "Ada", Password = CoreHost.Password });
        foreach (var fail in new Action[] { host.Gate.FailBegin, host.Gate.FailCommit, () => host.Gate.FailCommand("INSERT") })
        {
            fail();
            var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(register);
            Assert.Contains("The test made the database fail here.", failure.GetBaseException().Message, StringComparison.Ordinal);
        }

        host.Gate.FailCommand("SELECT");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Database.ReadAsync(db => db.Users.CountAsync()));

        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
        Assert.IsType<RegisterOutcome.Registered>(await register());
    }

    [EachEngineFact]
    public async Task A_bug_is_not_reported_as_an_unavailable_database()
    {
        await using var host = CoreHost.Start();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.Database.WriteAsync<bool>(WritePriority.Ordinary, _ => throw new InvalidOperationException("a bug")));
        Assert.True(await host.Database.WriteAsync(WritePriority.Ordinary, _ => Task.FromResult(true)));
    }

    // Guard: the loop in AccountsDatabase.WriteAsync, and its bound.
    [EachEngineTheory]
    [InlineData(AccountsDatabase.Attempts - 1, true)]
    [InlineData(AccountsDatabase.Attempts, false)]
    public async Task A_write_runs_again_after_a_conflict_a_few_times(int conflicts, bool succeeds)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(heard.Add);
        for (var i = 0; i < conflicts; i++)
            host.Gate.FailCommitInConflict();

        var terminate = host.Sessions.TerminateAsync(owner.Caller, other.Id);
        if (succeeds)
            Assert.Equal(TerminateOutcome.Terminated, await terminate);
        else
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => terminate);

        // The attempts before left nothing behind, and only the last one was announced.
        Assert.Equal(succeeds ? 1 : 0, host.Rows.Audit("session.terminated").Count);
        Assert.Equal(succeeds ? 1 : 0, heard.Count);
        Assert.Equal(succeeds, await host.RequestAsync(other) is null);
        Assert.True(await host.Database.WriteAsync(WritePriority.Ordinary, _ => Task.FromResult(true)));
    }

    // Guard: DatabaseFailure.Constraint in AccountsDatabase.WriteAsync.
    [EachEngineFact]
    public async Task A_refused_value_is_not_an_unavailable_database_and_is_not_tried_again()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var runs = 0;
        await Assert.ThrowsAsync<ConstraintException>(() => host.Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            runs++;
            return db.Database.ExecuteSqlRawAsync("""UPDATE "Users" SET "Id" = NULL""");
        }));
        Assert.Equal(1, runs);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999999Z", -1)]
    [InlineData("2026-03-01T12:00:00.123456Z", 1772366400123456)]
    [InlineData("2026-03-01T14:00:00.123456+02:00", 1772366400123456)]
    public void A_time_is_stored_as_microseconds_since_1970(string text, long count)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(count, Microseconds.FromTime(time));
        Assert.Equal(time, Microseconds.ToTime(count));
    }

    // Guard: AutoSavepointsEnabled in AccountsDatabase.
    [EachEngineFact]
    public async Task A_write_makes_no_savepoint()
    {
        var savepoints = new Savepoints();
        await using var host = CoreHost.Start(services => services.AddSingleton(new ContextInterceptor(savepoints)));
        await WriteAsync(_ => { });
        Assert.Equal(0, savepoints.Count);
        await WriteAsync(db => db.Database.AutoSavepointsEnabled = true);
        Assert.Equal(1, savepoints.Count);

        Task WriteAsync(Action<AccountsDbContext> prepare) => host.Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            prepare(db);
            db.DataProtectionKeys.Add(new DataProtectionKeyRow { FriendlyName = "test", Xml = "<key/>" });
            return Task.FromResult(true);
        });
    }

    private sealed class Savepoints : DbTransactionInterceptor
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override ValueTask<InterceptionResult> CreatingSavepointAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return new(result);
        }
    }
}
