using System.Diagnostics;

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
                    "INSERT INTO \"T\" VALUES ('019c0000-0000-7000-8000-0000000000aa', ARRAY['019c0000-0000-7000-8000-0000000000aa'::uuid], "
                        + "TRUE, 7, NULL)");
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

    [Theory]
    [InlineData("data/PG_VERSION")]
    [InlineData("data/postmaster.opts")]
    public async Task A_server_ends_when_its_process_is_killed(string reached)
    {
        PostgreSql.Require();
        using var temporary = new TempFolder();
        // The server's own user must be able to enter it.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(temporary.Path, File.GetUnixFileMode(temporary.Path) | UnixFileMode.OtherExecute);
        var start = new ProcessStartInfo("dotnet",
        [
            typeof(PostgreSqlServerTests).Assembly.Location, "-method",
            $"{typeof(PostgreSqlServerTests).FullName}.{nameof(A_server_keeps_its_data_over_a_restart_and_leaves_nothing_behind)}",
        ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary.Path;
        using var process = Process.Start(start)!;
        string[] Folders() => Directory.GetDirectories(temporary.Path, "accounts-postgresql-*");
        Patience.Until(() => process.HasExited || Folders().Any(folder => File.Exists(Path.Combine(folder, reached))));
        Assert.False(process.HasExited, "The process ended before it could be killed.");

        process.Kill();

        // The folder goes last, after the server.
        await process.WaitForExitAsync();
        Patience.Until(() => Folders().Length == 0);
    }
}
