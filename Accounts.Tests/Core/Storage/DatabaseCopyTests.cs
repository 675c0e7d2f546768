using System.Text.Json;
using Accounts.Core;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.Settings;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Storage;

/// <summary>An installation moves from its SQLite file to PostgreSQL, whole or not at all.</summary>
public sealed class DatabaseCopyTests : IDisposable
{
    private const string File = "accounts.db";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_row_of_every_table_arrives_unchanged()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var tables = await CopyAsync(database);

        using var original = new DatabaseRows(_folder.File(File));
        using var copy = DatabaseRows.OfPostgreSql(database.ConnectionString);
        Assert.Equal(Contents(original), Contents(copy));
        Assert.Equal(await PasskeyAsync(CoreHost.Start(_folder)), await PasskeyAsync(CoreHost.StartPostgreSql(database.ConnectionString)));
        Assert.All(tables, table => Assert.Equal(table.Rows, copy.Number($"SELECT count(*) FROM \"{table.Name}\"")));
        // A table without a row would prove nothing.
        Assert.All(tables, table => Assert.NotEqual(0, table.Rows));
        Assert.Equal(Tables(copy), tables.Select(table => table.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Sessions_go_on_there_and_ended_ones_stay_ended()
    {
        SignedInBrowser owner, ended;
        await using (var host = CoreHost.Start(_folder))
        {
            await host.RegisterAsync();
            (owner, ended) = (await host.SignInAsync(), await host.SignInAsync());
            Assert.NotNull(await host.RequestAsync(ended));
            Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, ended.Id));
        }

        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await CopyAsync(database);
        await using var there = CoreHost.StartPostgreSql(database.ConnectionString);
        Assert.NotNull(await there.RequestAsync(owner));
        Assert.Null(await there.RequestAsync(ended));
        Assert.Equal(2, (await there.HistoryAsync(owner.Caller)).Count);
        Assert.NotNull(await there.SignInAsync());
    }

    [Fact]
    public async Task An_applications_own_user_is_the_same_one_there()
    {
        UserId user;
        await using (var host = CoreHost.Start(_folder))
            user = await SignInExternalAsync(host);

        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await CopyAsync(database);
        await using var there = CoreHost.StartPostgreSql(database.ConnectionString);
        Assert.Equal(user, await SignInExternalAsync(there));
    }

    [Fact]
    public async Task Counted_ids_go_on_after_the_copied_ones()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await CopyAsync(database);
        await using var there = CoreHost.StartPostgreSql(database.ConnectionString);
        await AddCountedAsync(there.Database);
        foreach (var table in new[] { "UserClaims", "RoleClaims", "DataProtectionKeys" })
            Assert.Equal(2, there.Rows.Number($"SELECT count(*) FROM \"{table}\""));
    }

    // Guard: the check for rows in DatabaseCopy.
    [Fact]
    public async Task A_database_with_rows_is_refused_and_stays_as_it_is()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await CopyAsync(database);
        using var copy = DatabaseRows.OfPostgreSql(database.ConnectionString);
        var before = copy.Everything();
        var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
        Assert.Contains("has rows already", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Use an empty database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, copy.Everything());
    }

    [Fact]
    public async Task A_row_that_cannot_be_stored_there_copies_nothing()
    {
        await FillAsync();
        using (var rows = new DatabaseRows(_folder.File(File)))
            rows.Execute("""UPDATE "UserTokens" SET "Value" = char(97, 0, 98)""");
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
        Assert.Contains("UserTokens", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was copied", refusal.Message, StringComparison.Ordinal);
        AssertEmpty(database);

        using (var rows = new DatabaseRows(_folder.File(File)))
            rows.Execute("""UPDATE "UserTokens" SET "Value" = 'ab'""");
        Assert.NotEmpty(await CopyAsync(database));
    }

    // Guard: the comparison of the counts.
    [Fact]
    public async Task A_row_that_is_lost_on_the_way_copies_nothing()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
        }

        using (var rows = DatabaseRows.OfPostgreSql(database.ConnectionString))
        {
            rows.Execute("""
                CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM "SupportCodes"; RETURN NULL; END';
                CREATE TRIGGER lose AFTER INSERT ON "SupportCodes" FOR EACH STATEMENT EXECUTE FUNCTION lose();
                """);
        }

        var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
        Assert.Contains("0 of 1 rows of the table SupportCodes arrived", refusal.Message, StringComparison.Ordinal);
        AssertEmpty(database);
    }

    [Fact]
    public async Task A_canceled_copy_copies_nothing()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        using var canceled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(database, new Calling(canceled.Cancel), canceled.Token));
        AssertEmpty(database);
    }

    [Fact]
    public async Task Neither_database_is_copied_while_a_process_uses_it()
    {
        await FillAsync();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (CoreHost.Start(_folder))
        {
            var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
            Assert.Contains($"{_folder.File(File)} cannot be used: another process is using it", refusal.Message, StringComparison.Ordinal);
        }

        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
            var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
            Assert.Contains($"{database.Name} on", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("another process is using it", refusal.Message, StringComparison.Ordinal);
        }

        Assert.NotEmpty(await CopyAsync(database));
    }

    [Fact]
    public async Task A_missing_file_is_refused_and_not_created()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var refusal = await Assert.ThrowsAsync<StartupException>(() => CopyAsync(database));
        Assert.Equal($"The database {_folder.File(File)} cannot be copied: there is no such file. Correct Storage:Path.", refusal.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        using var rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
        Assert.Empty(Tables(rows));
    }

    [Fact]
    public async Task Without_PostgreSQL_in_the_settings_it_says_what_to_set()
    {
        await using var services = Build(("Storage:Path", File));
        var refusal = await Assert.ThrowsAsync<StartupException>(() => services.CopyToPostgreSqlAsync());
        Assert.StartsWith("Set Storage:Provider to PostgreSql", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<CopiedTable>> CopyAsync(
        PostgreSqlDatabase database, IProgress<CopiedTable>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var services = Build(
            ("Storage:Provider", nameof(StorageProvider.PostgreSql)), ("Storage:ConnectionString", database.ConnectionString),
            ("Storage:Path", File));
        return await services.CopyToPostgreSqlAsync(progress, cancellationToken);
    }

    private ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        services.AddSingleton(new ContentRoot(_folder.Path));
        services.AddAccountsCore(configuration.Build());
        return services.BuildServiceProvider();
    }

    /// <summary>Makes a file with rows of all kinds in every table.</summary>
    private async Task FillAsync()
    {
        await using var host = CoreHost.Start(_folder, new Mailbox().AddTo);
        await host.RegisterAsync(name: "Ada 👩‍💻 Löwe");
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync(remember: false));
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        for (var i = 0; i < 3; i++)
            await host.SignInAsync();
        Assert.IsType<EndSessionsOutcome.Ended>(await host.Sessions.SignOutEverywhereAsync(owner.Caller));
        Assert.NotNull(await host.Get<SupportCodes>().FindOrMakeAsync(owner.Caller));
        await host.TrySignInAsync(CoreHost.NewBrowser(), password: "not this passphrase");
        await host.Get<RefusedAttempts>().FlushAsync();
        var asked = await host.Get<SignInLinks>().AskAsync(CoreHost.NewBrowser(), new EmailRequestInput { Email = CoreHost.Email }, null);
        Assert.IsType<EmailRequestOutcome.Asked>(asked);
        await host.Get<MailDelivery>().RunAsync();
        await AddCountedAsync(host.Database);
        await SignInExternalAsync(host);
        await host.Database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            var (user, role) = ((await db.Users.SingleAsync(u => u.ExternalId == null)).Id, (await db.Roles.SingleAsync()).Id);
            db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user, RoleId = role });
            db.MassEndings.Add(new MassEndingRow
            {
                Id = Guid.NewGuid(),
                Epoch = 1,
                At = host.Clock.GetUtcNow(),
                ByUserId = user,
                BySessionId = owner.Id.Value,
                Reason = "Ticket 4711",
                Total = 3,
            });
            db.Authenticators.Add(new AuthenticatorRow
            {
                UserId = user,
                Key = [1, 0, 255],
                SessionId = owner.Id.Value,
                MadeAt = host.Clock.GetUtcNow(),
                ConfirmedAt = host.Clock.GetUtcNow(),
                LastStep = 58_000_000,
                WrongCodes = 2,
                WrongSince = host.Clock.GetUtcNow(),
                RecoverySalt = [7, 0],
            });
            db.RecoveryCodes.Add(new RecoveryCodeRow { UserId = user, Hash = [3, 0, 1] });
            db.TrustedBrowsers.Add(new TrustedBrowserRow
            {
                Id = Guid.NewGuid(),
                UserId = user,
                TokenHash = [4],
                BrowserHash = [5],
                Epoch = 1,
                TrustedAt = host.Clock.GetUtcNow(),
                ExpiresAt = host.Clock.GetUtcNow(),
            });
            db.PendingSignIns.Add(new PendingSignInRow
            {
                TokenHash = [6],
                UserId = user,
                BrowserHash = [7],
                Stamp = "stamp",
                Epoch = 1,
                Methods = SignInMethods.Password,
                Remember = true,
                NewPasswordHash = "hash",
                KeepsAccount = true,
                ProviderIssuer = "https://id.example.test",
                ProviderSubject = "g-1",
                ProviderSid = "s-1",
                ExpiresAt = host.Clock.GetUtcNow(),
            });
            db.PasskeyCeremonies.Add(new PasskeyCeremonyRow
            {
                IdHash = [8, 0],
                Purpose = PasskeyPurpose.Prove,
                UserId = user,
                SessionId = owner.Id.Value,
                State = "state",
                ExpiresAt = host.Clock.GetUtcNow(),
            });
            db.LinkedAccounts.Add(new LinkedAccountRow
            {
                Id = Guid.NewGuid(),
                UserId = user,
                Provider = "google",
                Issuer = "https://id.example.test",
                Subject = "g-1",
                Email = "ada@id.example.test",
                LinkedAt = host.Clock.GetUtcNow(),
            });
            db.ProviderSessions.Add(new ProviderSessionRow
            {
                SessionId = owner.Id.Value,
                Issuer = "https://id.example.test",
                Subject = "g-1",
                Sid = "s-1",
            });
            db.ProviderRequests.Add(new ProviderRequestRow
            {
                TokenHash = [9, 0],
                Purpose = ProviderPurpose.Prove,
                Provider = "google",
                BrowserHash = [7],
                UserId = user,
                SessionId = owner.Id.Value,
                Stamp = "stamp",
                Epoch = 1,
                ReturnTo = "/settings",
                AskedAt = host.Clock.GetUtcNow(),
                ExpiresAt = host.Clock.GetUtcNow(),
            });
            db.LogoutTokens.Add(new LogoutTokenRow
            {
                TokenHash = [10, 0], SidHash = [11], SubjectHash = [12], ReceivedAt = host.Clock.GetUtcNow(), ExpiresAt = host.Clock.GetUtcNow(),
            });
            db.UserLogins.Add(new IdentityUserLogin<Guid> { UserId = user, LoginProvider = "example", ProviderKey = "7" });
            db.UserTokens.Add(new IdentityUserToken<Guid> { UserId = user, LoginProvider = "example", Name = "token", Value = "secret" });
            db.UserPasskeys.Add(new IdentityUserPasskey<Guid>
            {
                UserId = user,
                CredentialId = [1, 2, 0, 255],
                Data = new IdentityPasskeyData
                {
                    Name = "a key",
                    PublicKey = [9, 8],
                    CreatedAt = host.Clock.GetUtcNow(),
                    Transports = ["usb"],
                    SignCount = 3,
                    AttestationObject = [1],
                    ClientDataJson = [2],
                },
            });
            return true;
        });
    }

    /// <summary>Signs in a user whom the application keeps itself.</summary>
    private static async Task<UserId> SignInExternalAsync(CoreHost host)
    {
        var (door, user) = (host.Get<ProofDoor>(), new ExternalUser("crm|42", "Grace Hopper", "grace@example.test"));
        Assert.NotNull(await door.SignInAsync(CoreHost.NewBrowser(), await door.OpenAsync(user), SignInMethods.Provider, remember: true));
        return (await door.OpenAsync(user)).Subject!.Value;
    }

    /// <summary>Adds a row to each table whose ids the database counts up.</summary>
    private static Task<bool> AddCountedAsync(AccountsDatabase database) => database.WriteAsync(WritePriority.Ordinary, async db =>
    {
        var role = await db.Roles.SingleOrDefaultAsync() ?? db.Roles.Add(new IdentityRole<Guid>("staff") { Id = Guid.NewGuid() }).Entity;
        db.RoleClaims.Add(new IdentityRoleClaim<Guid> { RoleId = role.Id, ClaimType = "colour", ClaimValue = "green" });
        var plain = await db.Users.SingleAsync(u => u.ExternalId == null);
        db.UserClaims.Add(new IdentityUserClaim<Guid> { UserId = plain.Id, ClaimType = "colour", ClaimValue = "red" });
        db.DataProtectionKeys.Add(new DataProtectionKeyRow { FriendlyName = "key", Xml = "<key/>" });
        return true;
    });

    /// <summary>The passkey as the program reads it: each engine has its own text for it.</summary>
    private static async Task<string> PasskeyAsync(CoreHost host)
    {
        await using (host)
            return JsonSerializer.Serialize(await host.Database.ReadAsync(db => db.UserPasskeys.SingleAsync()));
    }

    /// <summary>Every row, without the engine's own tables and without passkeys.</summary>
    private static string Contents(DatabaseRows rows) => string.Join('\n', rows.Everything().Split('\n')
        .Where(row => !Array.Exists(["__EF", "sqlite_", "UserPasskeys"], part => row.StartsWith(part, StringComparison.Ordinal))));

    private static void AssertEmpty(PostgreSqlDatabase database)
    {
        using var rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
        Assert.NotEmpty(Tables(rows));
        // A start adds this row, and a copy replaces it.
        rows.Execute("DELETE FROM \"Installation\" WHERE \"Epoch\" = 0");
        Assert.Equal("", Contents(rows));
    }

    private static IReadOnlyList<string> Tables(DatabaseRows rows) =>
    [
        .. rows.Query("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_\\_EF%'")
            .Select(row => (string)row["name"]!).Order(StringComparer.Ordinal),
    ];

    private sealed class Calling(Action call) : IProgress<CopiedTable>
    {
        public void Report(CopiedTable value) => call();
    }
}
