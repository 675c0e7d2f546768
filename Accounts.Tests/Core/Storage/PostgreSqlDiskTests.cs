using Accounts.Core.Manager;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Accounts.Tests.Core.Storage;

/// <summary>
/// The disk of the PostgreSQL server is full: nothing is half done, the log says why, and everything works again when there is room.
/// </summary>
public sealed class PostgreSqlDiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_writes_whole_and_says_so_until_there_is_room()
    {
        await using var disk = await SmallDisk.StartAsync();
        using var journal = new Journal();
        await using var host = CoreHost.StartPostgreSql(disk.ConnectionString, services => services.AddSingleton<ILoggerProvider>(journal));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var probe = host.Get<DatabaseProbe>();
        Assert.Null(await probe.FindProblemAsync(TestContext.Current.CancellationToken));
        disk.FillUp();

        // There is still room inside the tables' own pages. A registration that needs another page is refused.
        var registered = 1;
        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(async () =>
        {
            for (; registered < 2_000; registered++)
                await RegisterAsync(host, registered);
        });
        Assert.Equal(PostgresErrorCodes.DiskFull, Assert.IsType<PostgresException>(failure.GetBaseException()).SqlState);
        Assert.False(failure.MayHaveChanged);
        Assert.Equal(registered, host.Rows.Number("SELECT count(*) FROM \"Users\""));
        Assert.Equal(registered, host.Rows.Audit("user.registered").Count);
        Assert.Equal(DatabaseProblem.DiskFull, await probe.FindProblemAsync(TestContext.Current.CancellationToken));
        // The next proof finds a place in a page that is there, but no room.
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(DatabaseProblem.DiskFull, await probe.FindProblemAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("Error: Writes to the database fail: 53100: could not extend file", Assert.Single(journal.Of("AccountsDatabase")),
            StringComparison.Ordinal);
        // Reads go on, so everyone who is signed in stays so.
        Assert.NotNull(await host.RequestAsync(other));
        Assert.Equal(2, (await host.Sessions.ListAsync(owner.Caller, TestContext.Current.CancellationToken)).Count);

        disk.MakeRoom();
        await RegisterAsync(host, registered);
        Assert.Null(await probe.FindProblemAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Information: Writes to the database succeed again", journal.Of("AccountsDatabase")[^1]);
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.Null(await host.RequestAsync(other));
    }

    [Fact]
    public async Task A_start_on_a_full_disk_says_so_and_the_next_one_goes_on()
    {
        await using var disk = await SmallDisk.StartAsync();
        disk.FillUp();
        var message = Assert.Throws<StartupException>(() => CoreHost.StartPostgreSql(disk.ConnectionString)).Message;
        Assert.Contains("the server's disk is full (could not extend file", message, StringComparison.Ordinal);
        Assert.EndsWith("Make room, and start this program again.", message, StringComparison.Ordinal);

        disk.MakeRoom();
        await using var host = CoreHost.StartPostgreSql(disk.ConnectionString);
        await host.RegisterAsync();
    }

    private static async Task RegisterAsync(CoreHost host, int number)
    {
        var input = new RegisterInput { Name = new string('x', 100), Email = $"user{number}@example.test", Password = CoreHost.Password };
        Assert.IsType<RegisterOutcome.Registered>(await host.Users.RegisterAsync(CoreHost.NewBrowser(address: $"203.0.113.{number % 250}"), input));
    }
}
