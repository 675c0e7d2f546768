using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Accounts.Tests.Core.Storage;

/// <summary>PostgreSQL goes away while something depends on it: a commit, or the lock that keeps the database for one process.</summary>
public sealed class PostgreSqlOutageTests
{
    [Fact]
    public async Task A_crash_of_the_server_ends_no_session_and_brings_none_back()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        await host.RegisterAsync();
        var (owner, ended, other) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, ended.Id));
        Assert.NotNull(await host.RequestAsync(other));

        await server.StopAsync(crash: true);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.False(await host.Get<DatabaseProbe>().AnswersAsync());
        Assert.Null(await host.RequestAsync(ended));
        Assert.NotNull(await host.RequestAsync(other));

        await server.StartAgainAsync();
        await Patience.UntilAsync(() => host.Get<DatabaseProbe>().AnswersAsync());
        Assert.Equal(2, (await host.Sessions.ListAsync(owner.Caller, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.Null(await host.RequestAsync(other));
        // The process keeps the database again, so no second one gets in. The lock's own message says so.
        await Patience.UntilAsync(async () =>
        {
            using var rows = DatabaseRows.OfPostgreSql(server.ConnectionString("postgres"));
            await Task.Yield();
            return rows.Number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted") == 1;
        });
    }

    // Guard: WasCommittedAsync in PostgreSqlEngine.CommitAsync.
    [Fact]
    public async Task A_commit_whose_answer_is_lost_succeeds_and_is_announced_once()
    {
        await using var link = await Link.StartAsync();
        var commit = link.Host.Gate.StopCommit();
        var terminate = link.TerminateAsync();
        await commit.Arrived;

        link.Cable.DropAnswers();
        commit.Release();
        await link.CommittedAsync();
        Assert.False(terminate.IsCompleted);
        link.Cable.Cut();
        link.Cable.Mend();

        Assert.Equal(TerminateOutcome.Terminated, await terminate);
        Assert.Equal([link.Ending], link.Heard);
        Assert.Single(link.Rows.Audit("session.terminated"));
        Assert.Null(await link.Host.RequestAsync(link.Other));
        Assert.NotNull(await link.Host.RequestAsync(link.Owner));
    }

    // Guard: "aborted" in PostgreSqlEngine.WasCommittedAsync.
    [Fact]
    public async Task A_commit_that_never_arrives_changes_nothing_and_says_so()
    {
        await using var link = await Link.StartAsync();
        var before = link.Rows.Everything();
        var commit = link.Host.Gate.StopCommit();
        var terminate = link.TerminateAsync();
        await commit.Arrived;

        link.Cable.Cut();
        link.Cable.Mend();
        commit.Release();

        Assert.False((await Assert.ThrowsAsync<DatabaseUnavailableException>(() => terminate)).MayHaveChanged);
        Assert.Empty(link.Heard);
        Assert.Equal(before, link.Rows.Everything());
        Assert.NotNull(await link.Host.RequestAsync(link.Other));

        // The same act over the mended connection.
        await link.AnswersAsync();
        Assert.Equal(TerminateOutcome.Terminated, await link.TerminateAsync());
        Assert.Equal([link.Ending], link.Heard);
        Assert.Null(await link.Host.RequestAsync(link.Other));
    }

    // Guard: the exception of MayHaveChanged in AccountsDatabase.WriteAsync, and registry.Forget in CommandRunner.RunAsync.
    [Fact]
    public async Task An_ending_holds_although_the_server_stays_away_and_nobody_can_tell_whether_it_was_committed()
    {
        await using var link = await Link.StartAsync();
        var commit = link.Host.Gate.StopCommit();
        var terminate = link.TerminateAsync();
        await commit.Arrived;

        link.Cable.DropAnswers();
        commit.Release();
        await link.CommittedAsync();
        // Memory doesn't know of the ending, and nobody will announce it.
        Assert.NotNull(await link.Host.RequestAsync(link.Other));
        link.Cable.Cut();

        Assert.True((await Assert.ThrowsAsync<DatabaseUnavailableException>(() => terminate)).MayHaveChanged);
        Assert.Empty(link.Heard);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => link.Host.RequestAsync(link.Other).AsTask());

        link.Cable.Mend();
        await link.AnswersAsync();
        Assert.Null(await link.Host.RequestAsync(link.Other));
        Assert.NotNull(await link.Host.RequestAsync(link.Owner));
        // Open pages hear of it as soon as the server says that it happened.
        Patience.Until(() => link.Heard.Count > 0);
        Assert.Equal([link.Ending], link.Heard);
        Assert.Equal(TerminateOutcome.AlreadyEnded, await link.TerminateAsync());
    }

    // Guard: pg_terminate_backend in PostgreSqlEngine.LookUp.
    [Fact]
    public async Task A_commit_that_still_waits_on_the_server_is_ended_and_changes_nothing()
    {
        await using var link = await Link.StartAsync();
        // The commit itself waits for a lock, as long as the test wants.
        link.Rows.Execute("""
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON "AuditEvents" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
            SELECT pg_advisory_lock(1)
            """);
        var before = link.Rows.Everything();
        var terminate = link.TerminateAsync();
        await link.Host.BlockedAsync();

        link.Cable.Cut();
        link.Cable.Mend();
        Assert.False((await Assert.ThrowsAsync<DatabaseUnavailableException>(() => terminate)).MayHaveChanged);

        link.Rows.Execute("SELECT pg_advisory_unlock(1)");
        Assert.Equal(before, link.Rows.Everything());
        Assert.NotNull(await link.Host.RequestAsync(link.Other));
        Assert.Equal(TerminateOutcome.Terminated, await link.TerminateAsync());
        Assert.Null(await link.Host.RequestAsync(link.Other));
        Assert.Equal([link.Ending], link.Heard);
    }

    // Guard: EndLostAsync in ProcessLock.
    [Fact]
    public async Task A_process_that_loses_its_connection_before_the_server_does_keeps_the_database()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using var cable = new Cable(Port(database));
        using var journal = new Journal();
        await using var first = CoreHost.StartPostgreSql(Through(cable, database), services => services.AddSingleton<ILoggerProvider>(journal));

        cable.CutNearEnd();
        Patience.Until(() => journal.Of("ProcessLock").Count == 2);
        Assert.StartsWith("Warning: Lost the connection", journal.Of("ProcessLock")[0], StringComparison.Ordinal);
        Assert.EndsWith("for this process again", journal.Of("ProcessLock")[1], StringComparison.Ordinal);
        Assert.Throws<StartupException>(() => CoreHost.StartPostgreSql(database.ConnectionString));
        await Patience.UntilAsync(() => first.Get<DatabaseProbe>().AnswersAsync());
        await first.RegisterAsync();
    }

    // Guard: Lock in ProcessLock.RetakeAsync.
    [Fact]
    public async Task A_process_whose_connection_is_ended_keeps_the_database()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        using var journal = new Journal();
        await using var first = CoreHost.StartPostgreSql(database.ConnectionString, services => services.AddSingleton<ILoggerProvider>(journal));
        await first.RegisterAsync();

        using (var rows = DatabaseRows.OfPostgreSql(database.ConnectionString))
        {
            Assert.Single(rows.Query("""
                SELECT pg_terminate_backend(pid, 60000) FROM pg_locks
                WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """));
        }

        Patience.Until(() => journal.Of("ProcessLock").Count == 2);
        var name = $"{database.Name} on 127.0.0.1:{Port(database)}";
        Assert.Equal(
            [$"Warning: Lost the connection to {name} that keeps it for this process", $"Information: Keeps {name} for this process again"],
            journal.Of("ProcessLock"));
        var message = Assert.Throws<StartupException>(() => CoreHost.StartPostgreSql(database.ConnectionString)).Message;
        Assert.Contains("another process is using it", message, StringComparison.Ordinal);
        await first.SignInAsync();
    }

    // Guard: lifetime.StopApplication in ProcessLock.RetakeAsync.
    [Fact]
    public async Task A_process_stops_when_another_one_takes_the_database_while_it_is_cut_off()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using var cable = new Cable(Port(database));
        var settings = TestDatabase.Of(Through(cable, database));
        await using var first = AccountsProcess.Run(null, [.. settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))]);
        using var visitor = new Visitor(await first.ListeningAsync(), Visitor.Chrome);

        cable.Cut();
        await using var second = CoreHost.StartPostgreSql(database.ConnectionString);
        // It can't know yet.
        Assert.Contains("Sign in", await visitor.ReadAsync("/sign-in"), StringComparison.Ordinal);
        cable.Mend();

        Assert.Equal(1, await first.ExitAsync());
        Assert.Contains(
            $"Another process has taken {database.Name} on 127.0.0.1:{cable.Port} while it could not be reached. This process stops",
            first.Output,
            StringComparison.Ordinal);
        await second.RegisterAsync();
    }

    private static int Port(PostgreSqlDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString).Port;

    private static string Through(Cable cable, PostgreSqlDatabase database) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = cable.Port }.ToString();

    /// <summary>A host that reaches its database through a cable, with two sessions of one user. The test itself reads past the cable.</summary>
    private sealed class Link : IAsyncDisposable
    {
        private readonly PostgreSqlDatabase _database;

        private Link(PostgreSqlDatabase database)
        {
            _database = database;
            Cable = new Cable(Port(database));
            Host = CoreHost.StartPostgreSql(Through(Cable, database));
            Rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
            Host.Feed.Subscribe(Heard.Add);
        }

        public Cable Cable { get; }

        public CoreHost Host { get; }

        public DatabaseRows Rows { get; }

        /// <summary>What the feed has announced.</summary>
        public List<SessionChange> Heard { get; } = [];

        public SignedInBrowser Owner { get; private set; } = null!;

        /// <summary>The session that the owner terminates.</summary>
        public SignedInBrowser Other { get; private set; } = null!;

        public SessionChange Ending => new SessionChange.Ended(Owner.Caller.Subject, Other.Id, EndReason.Terminated);

        public static async Task<Link> StartAsync()
        {
            var link = new Link(await PostgreSql.CreateEmptyDatabaseAsync());
            await link.Host.RegisterAsync();
            (link.Owner, link.Other) = (await link.Host.SignInAsync(), await link.Host.SignInAsync());
            Assert.NotNull(await link.Host.RequestAsync(link.Owner));
            Assert.NotNull(await link.Host.RequestAsync(link.Other));
            link.Heard.Clear();
            return link;
        }

        public Task<TerminateOutcome> TerminateAsync() => Host.Sessions.TerminateAsync(Owner.Caller, Other.Id);

        /// <summary>Waits until the server has committed the ending.</summary>
        public Task CommittedAsync() => Patience.UntilAsync(() => Task.FromResult(Rows.Session(Other.Id)["EndedAt"] is not null));

        /// <summary>Waits until the host reaches its database again.</summary>
        public Task AnswersAsync() => Patience.UntilAsync(() => Host.Get<DatabaseProbe>().AnswersAsync());

        public async ValueTask DisposeAsync()
        {
            Rows.Dispose();
            await Host.DisposeAsync();
            await Cable.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}
