using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Storage;

/// <summary>What a migration makes of the rows that are there.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task The_addresses_of_rows_from_before_retention_are_due_like_any_others()
    {
        using var folder = new TempFolder();
        await using (var host = CoreHost.Start(folder))
        {
            await host.RegisterAsync();
            await host.SignInAsync();
            // The file as the version before left it.
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
}
