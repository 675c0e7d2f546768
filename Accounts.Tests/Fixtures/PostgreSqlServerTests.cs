using Accounts.Stage;

namespace Accounts.Tests.Fixtures;

/// <summary>Tests of the server that tests use.</summary>
public sealed class PostgreSqlServerTests
{
    [Fact]
    public async Task A_server_keeps_its_data_over_a_restart_and_leaves_nothing_behind()
    {
        var server = await PostgreSql.StartOwnServerAsync();
        await using (server)
        {
            var template = await server.CreateDatabaseAsync();
            using (var rows = DatabaseRows.OfPostgreSql(template.ConnectionString))
                rows.Execute("CREATE TABLE \"T\" (\"Id\" uuid, \"Ids\" uuid[], \"Yes\" boolean, \"Count\" integer, \"Nothing\" text)");
            await using var copy = await server.CreateDatabaseAsync(template.Name);
            using (var rows = DatabaseRows.OfPostgreSql(copy.ConnectionString))
            {
                rows.Execute(
                    "INSERT INTO \"T\" VALUES ('019c0000-0000-7000-8000-0000000000aa', ARRAY['019c0000-0000-7000-8000-0000000000aa'::uuid], TRUE, 7, NULL)");
            }

            await server.StopAsync(crash: true);
            await server.StartAgainAsync();

            using (var rows = DatabaseRows.OfPostgreSql(copy.ConnectionString))
            {
                var row = Assert.Single(rows.Query("SELECT * FROM \"T\""));
                Assert.Equal(
                    ["019C0000-0000-7000-8000-0000000000AA", "[\"019C0000-0000-7000-8000-0000000000AA\"]", 1L, 7L, null],
                    new[] { row["Id"], row["Ids"], row["Yes"], row["Count"], row["Nothing"] });
            }
        }

        Assert.False(Directory.Exists(server.Folder));
    }
}
