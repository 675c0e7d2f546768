using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Storage;

/// <summary>What migrations do with existing rows.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task Addresses_stored_before_retention_existed_become_due_too()
    {
        using var folder = new TempFolder();
        await using (var host = CoreHost.Start(folder))
        {
            await host.RegisterAsync();
            await host.SignInAsync();
            // The file as the previous version left it.
            host.Rows.Execute("""
                DROP TRIGGER "TR_AuditEvents_Address";
                DROP TABLE "SupportCodes";
                DROP INDEX "IX_Sessions_WholeAddress";
                DROP INDEX "IX_Sessions_Ended";
                DROP INDEX "IX_AuditEvents_WholeAddress";
                ALTER TABLE "Sessions" DROP COLUMN "WholeAddressSince";
                ALTER TABLE "AuditEvents" DROP COLUMN "WholeAddressSince";
                DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" LIKE '0003%';
                """);
        }

        await using var again = CoreHost.Start(folder);
        Assert.Equal(1, again.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"WholeAddressSince\" = \"StartedAt\""));
        Assert.Equal(2, again.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"WholeAddressSince\" = \"At\""));
        Assert.Equal(0, again.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"WholeAddressSince\" IS NULL"));
    }

    [Fact]
    public async Task A_session_from_before_answers_existed_gets_its_browsers_first_use()
    {
        using var folder = new TempFolder();
        SessionId id;
        await using (var host = CoreHost.Start(folder))
        {
            await host.RegisterAsync();
            var client = CoreHost.NewBrowser();
            await host.SignInAsync(browser: client);
            host.Clock.Advance(TimeSpan.FromDays(1));
            id = (await host.SignInAsync(browser: client)).Id;
            await host.SignInAsync();
            // The file as the previous version left it.
            host.Rows.Execute("""
                DROP TRIGGER "TR_AuditEvents_EndedSessions";
                ALTER TABLE "AuditEvents" DROP COLUMN "EndedSessions";
                ALTER TABLE "Sessions" DROP COLUMN "RecognizedAt";
                ALTER TABLE "Sessions" DROP COLUMN "RecognizedBySessionId";
                ALTER TABLE "Sessions" DROP COLUMN "BrowserSince";
                DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" LIKE '0008%';
                """);
        }

        await using var again = CoreHost.Start(folder);
        var since = again.Rows.Number("SELECT MIN(\"StartedAt\") FROM \"Sessions\"");
        Assert.Equal(since, again.Rows.Session(id)["BrowserSince"]);
        Assert.Equal(1, again.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"BrowserSince\" = \"StartedAt\" AND \"EndedAt\" IS NULL"));
        Assert.Equal(0, again.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"RecognizedAt\" IS NOT NULL"));
        Assert.Equal(5, again.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"EndedSessions\" IS NULL"));
    }
}
