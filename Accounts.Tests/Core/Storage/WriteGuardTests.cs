using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Core.Storage;

/// <summary>What a library writes, with ASP.NET Core Identity as the example, belongs to the command that called it, or is refused.</summary>
public sealed class WriteGuardTests
{
    // Guard: WriteGuard.
    [EachEngineFact]
    public async Task A_library_cannot_write_past_the_unit_of_work()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await using var db = await host.Get<IDbContextFactory<AccountsDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        using var manager = Manager(db);
        var user = (await manager.FindByEmailAsync(CoreHost.Email))!;
        await RefusedAsync(() => manager.AddOrUpdatePasskeyAsync(user, Passkey(1)));
        await RefusedAsync(() => db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.Plan, "x"), TestContext.Current.CancellationToken));
        await RefusedAsync(() => db.SupportCodes.ExecuteDeleteAsync(TestContext.Current.CancellationToken));
        await RefusedAsync(() => db.Database.ExecuteSqlRawAsync("DELETE FROM \"SupportCodes\"", TestContext.Current.CancellationToken));
        Assert.Equal(0, host.Rows.Number("SELECT count(*) FROM \"UserPasskeys\""));
    }

    [EachEngineFact]
    public async Task A_library_writes_within_a_command()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await AddPasskeyAsync(host, owner.Caller, fail: false);
        await host.Database.ReadAsync(async db =>
        {
            using var manager = Manager(db);
            var kept = Assert.Single(await manager.GetPasskeysAsync((await manager.FindByEmailAsync(CoreHost.Email))!));
            Assert.Equal(7u, kept.SignCount);
            return true;
        });
        Assert.Equal("Renamed", host.Rows.Text("SELECT \"DisplayName\" FROM \"Users\""));
    }

    [EachEngineFact]
    public async Task What_a_library_wrote_is_undone_with_its_command()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var before = host.Rows.Everything();
        await Assert.ThrowsAsync<NotSupportedException>(() => AddPasskeyAsync(host, owner.Caller, fail: true));
        Assert.Equal(before, host.Rows.Everything());
    }

    private static async Task AddPasskeyAsync(CoreHost host, Caller caller, bool fail) => Assert.True(await host.Commands.RunAsync(
        caller,
        Need.ProveIdentity,
        changed: null,
        refusal => false,
        async work =>
        {
            using var manager = Manager(work.Db);
            var result = await manager.AddOrUpdatePasskeyAsync(work.Account, Passkey(7));
            work.Account.DisplayName = "Renamed";
            await work.ReportProfileAsync(caller.Subject);
            return fail ? throw new NotSupportedException("The command fails after it has written.") : result.Succeeded;
        },
        TestContext.Current.CancellationToken));

    /// <summary>Makes Identity's own manager and store over a context.</summary>
    private static UserManager<User> Manager(AccountsDbContext db) => new(
        new UserStore<User, IdentityRole<Guid>, AccountsDbContext, Guid>(db),
        Options.Create(new IdentityOptions()),
        new PasswordHasher<User>(),
        [],
        [],
        new UpperInvariantLookupNormalizer(),
        new IdentityErrorDescriber(),
        new ServiceCollection().BuildServiceProvider(),
        NullLogger<UserManager<User>>.Instance);

    private static UserPasskeyInfo Passkey(uint count) => new(
        credentialId: [1, 2, 3],
        publicKey: [4],
        createdAt: DateTimeOffset.UnixEpoch,
        signCount: count,
        transports: ["usb"],
        isUserVerified: true,
        isBackupEligible: false,
        isBackedUp: false,
        attestationObject: [5],
        clientDataJson: [6]);

    private static async Task RefusedAsync(Func<Task> write)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(write);
        Assert.StartsWith("This context only reads. Write with AccountsDatabase.WriteAsync", refusal.GetBaseException().Message,
            StringComparison.Ordinal);
    }
}
