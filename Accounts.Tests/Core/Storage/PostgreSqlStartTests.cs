using Accounts.Core.Manager;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Stage;
using Accounts.Tests.Fixtures;
using Npgsql;

namespace Accounts.Tests.Core.Storage;

/// <summary>The start refuses an unusable PostgreSQL database. The message names it and says what to do.</summary>
public sealed class PostgreSqlStartTests
{
    [Fact]
    public async Task An_empty_database_opens_and_opens_again_with_its_contents()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (var first = CoreHost.StartPostgreSql(database.ConnectionString))
            await first.RegisterAsync();
        await using var second = CoreHost.StartPostgreSql(database.ConnectionString);
        await second.SignInAsync();
    }

    [Fact]
    public async Task A_missing_database_is_refused()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var missing = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "missing" };
        Refused(missing.ToString(), $"missing on 127.0.0.1:{missing.Port}",
            "the server has no such database. Create it, or correct Storage:ConnectionString.");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_refused()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        var database = server.ConnectionString("postgres");
        await server.StopAsync();
        Refused(database, "no server answers there", "Start PostgreSQL, or correct Storage:ConnectionString.");
    }

    [Fact]
    public void An_unknown_host_is_refused() =>
        Refused("Host=nowhere.invalid;Database=accounts", "accounts on nowhere.invalid:5432", "no server answers there",
            "or correct Storage:ConnectionString.");

    [Fact]
    public async Task An_old_server_is_refused()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        using var rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var cable = new Cable(address.Port);
        address.Port = cable.Port;
        // The driver believes what the server says when it connects.
        var version = rows.Text("SHOW server_version");
        cable.ReplaceInAnswers($"server_version\0{version}", $"server_version\014{version[2..]}");
        Refused(address.ToString(), "the server is PostgreSQL 14. Update it to 15 or later.");
        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
    }

    [Fact]
    public async Task A_user_without_rights_is_refused()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var user = $"limited_{Guid.NewGuid():N}";
        await (await PostgreSql.ServerAsync()).ExecuteAsync($"CREATE ROLE \"{user}\" LOGIN");
        var limited = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user };
        Refused(limited.ToString(), $"the user {user} lacks a right", "Make it the owner of the database and its tables");
    }

    // Guard: RequireRights in PostgreSqlStart. A superuser who restores a backup can become the owner of its tables.
    [Theory]
    [InlineData("__EFMigrationsHistory")]
    [InlineData("Sessions")]
    public async Task A_user_without_rights_on_a_table_is_refused_until_it_has_them(string table)
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
        }

        var user = $"limited_{Guid.NewGuid():N}";
        using var rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
        rows.Execute(
            $"CREATE ROLE \"{user}\" LOGIN; GRANT ALL ON SCHEMA public TO \"{user}\"; GRANT ALL ON ALL TABLES IN SCHEMA public TO \"{user}\"");
        rows.Execute($"CREATE TABLE other (id int); REVOKE ALL ON \"{table}\" FROM \"{user}\"");
        var limited = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user };
        Refused(limited.ToString(),
            $"the user {user} lacks a right (permission denied for table {table}). Make it the owner of the database and its tables, or");

        rows.Execute($"GRANT ALL ON \"{table}\" TO \"{user}\"");
        await using (var host = CoreHost.StartPostgreSql(limited.ToString()))
            await host.RegisterAsync();
        rows.Execute($"DROP OWNED BY \"{user}\"; DROP ROLE \"{user}\"");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_not_shown()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        await using var database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync("CREATE ROLE ada LOGIN PASSWORD 'right'");
        await server.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" OWNER TO ada");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "data/pg_hba.conf"), "host all ada all scram-sha-256\nhost all all all trust\n");
        await server.StopAsync();
        await server.StartAgainAsync();
        var user = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "ada", Password = "hunter2" };
        var message = Refused(
            user.ToString(), "the server refuses the user (password authentication failed for user \"ada\")", "or correct Storage:ConnectionString.");
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);

        user.Password = "right";
        await using var host = CoreHost.StartPostgreSql(user.ToString());
        await host.RegisterAsync();
    }

    [Fact]
    public async Task A_server_without_a_free_connection_is_refused()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var user = $"limited_{Guid.NewGuid():N}";
        await (await PostgreSql.ServerAsync()).ExecuteAsync($"CREATE ROLE \"{user}\" LOGIN CONNECTION LIMIT 0");
        var limited = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user };
        Refused(limited.ToString(),
            $"the server has no connection left (too many connections for role \"{user}\"). Raise its limit, or close other programs.");
    }

    [Fact]
    public async Task A_server_whose_connections_are_all_taken_changes_nothing_until_one_is_free()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var second = await server.CreateDatabaseAsync();
        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        Assert.NotNull(await host.RequestAsync(other));

        // The host keeps the connection of its lock only.
        host.ClearPool();
        List<DatabaseRows> others = [];
        try
        {
            var full = Assert.Throws<PostgresException>(() =>
            {
                for (var i = 0; i < 1_000; i++)
                    others.Add(DatabaseRows.OfPostgreSql(server.ConnectionString("postgres")));
            });
            Assert.Equal(PostgresErrorCodes.TooManyConnections, full.SqlState);
            Refused(second.ConnectionString,
                "the server has no connection left (sorry, too many clients already). Raise its limit, or close other programs.");
            var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Sessions.TerminateAsync(owner.Caller, other.Id));
            Assert.False(failure.MayHaveChanged);
            Assert.False(await host.Get<DatabaseProbe>().AnswersAsync());
            Assert.NotNull(await host.RequestAsync(other));
        }
        finally
        {
            others.ForEach(one => one.Dispose());
        }

        await Patience.UntilAsync(() => host.Get<DatabaseProbe>().AnswersAsync());
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        await using var late = CoreHost.StartPostgreSql(second.ConnectionString);
        await late.RegisterAsync();
    }

    [Fact]
    public async Task A_standby_is_refused_until_it_becomes_the_primary()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
        }

        await server.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "data/standby.signal"), "");
        await server.StartAgainAsync();
        Refused(database.ConnectionString,
            "it is read-only, for example on a standby. Connect to the primary server, or correct Storage:ConnectionString.");

        await server.ExecuteAsync("SELECT pg_promote()");
        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        await host.RegisterAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_only_database_is_refused(bool migrated)
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        if (migrated)
        {
            await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        }

        await (await PostgreSql.ServerAsync()).ExecuteAsync($"ALTER DATABASE \"{database.Name}\" SET default_transaction_read_only = on");
        Refused(database.ConnectionString,
            "it is read-only, for example on a standby. Connect to the primary server, or correct Storage:ConnectionString.");
    }

    [Fact]
    public async Task A_database_in_another_encoding_is_refused()
    {
        var server = await PostgreSql.ServerAsync();
        var name = $"latin_{Guid.NewGuid():N}";
        await server.ExecuteAsync($"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        await using var database = new PostgreSqlDatabase(server, name);
        Refused(database.ConnectionString, "its encoding is LATIN1. Create it with ENCODING 'UTF8'.");
    }

    [Theory]
    [InlineData("CREATE TABLE \"Bookmarks\" (\"Url\" text)")]
    [InlineData("CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" text, \"ProductVersion\" text); INSERT INTO \"__EFMigrationsHistory\" "
        + "VALUES ('2020_Other', '9')")]
    public async Task Another_programs_database_is_refused(string table)
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        using (var rows = DatabaseRows.OfPostgreSql(database.ConnectionString))
            rows.Execute(table);
        Refused(database.ConnectionString, "it holds another program's tables. Use a database of its own");
    }

    // Guard: MigrationIds.FindProblem.
    [Fact]
    public async Task A_newer_versions_database_is_refused_unless_that_version_only_added()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
        }

        using (var rows = DatabaseRows.OfPostgreSql(database.ConnectionString))
            rows.Execute("INSERT INTO \"__EFMigrationsHistory\" VALUES ('9998_Future_Expand', '99.0')");
        await using (CoreHost.StartPostgreSql(database.ConnectionString))
        {
        }

        using (var rows = DatabaseRows.OfPostgreSql(database.ConnectionString))
            rows.Execute("INSERT INTO \"__EFMigrationsHistory\" VALUES ('9999_Future_Contract', '99.0')");
        Refused(database.ConnectionString, "a newer version of this program wrote it (it has 9999_Future_Contract). Start that version");
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_has_ended()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        await using (var first = CoreHost.StartPostgreSql(database.ConnectionString))
        {
            Refused(database.ConnectionString, "another process is using it. Stop that process, or choose another database");
            await first.RegisterAsync();
        }

        await using var second = CoreHost.StartPostgreSql(database.ConnectionString);
        await second.SignInAsync();
    }

    // Guard: RequireDurable in PostgreSqlStart.
    [Theory]
    [InlineData("DATABASE")]
    [InlineData("ROLE")]
    public async Task A_database_or_user_that_confirms_before_it_saves_is_refused(string kind)
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        var server = await PostgreSql.ServerAsync();
        // The user has the database's name.
        await server.ExecuteAsync($"CREATE ROLE \"{database.Name}\" LOGIN");
        await server.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" OWNER TO \"{database.Name}\"");
        await server.ExecuteAsync($"ALTER {kind} \"{database.Name}\" SET synchronous_commit = off");
        var owned = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = database.Name };
        Refused(owned.ToString(), "the server's setting synchronous_commit is off", "Switch it on.");

        await server.ExecuteAsync($"ALTER {kind} \"{database.Name}\" RESET synchronous_commit");
        await using var host = CoreHost.StartPostgreSql(owned.ToString());
        await host.RegisterAsync();
    }

    [Fact]
    public async Task A_server_that_could_lose_what_it_saved_is_refused()
    {
        await using var server = await PostgreSql.StartOwnServerAsync();
        await using var database = await server.CreateDatabaseAsync();
        foreach (var setting in new[] { "synchronous_commit", "fsync", "full_page_writes" })
        {
            await SetAsync(setting, "off");
            Refused(database.ConnectionString,
                $"the server's setting {setting} is off, so a power cut could bring ended sessions back. Switch it on.");
            await SetAsync(setting, "on");
        }

        await using var host = CoreHost.StartPostgreSql(database.ConnectionString);
        await host.RegisterAsync();

        async Task SetAsync(string setting, string value)
        {
            await server.ExecuteAsync($"ALTER SYSTEM SET {setting} = {value}");
            await server.ExecuteAsync("SELECT pg_reload_conf()");
            Patience.Until(() =>
            {
                using var rows = DatabaseRows.OfPostgreSql(server.ConnectionString("postgres"));
                return string.Equals(rows.Text($"SHOW {setting}"), value, StringComparison.Ordinal);
            });
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host=db;Username=ada;Password=hunter2")]
    [InlineData("Host=db;Database=accounts;Password=hunter2;Prot=5432")]
    [InlineData("hunter2")]
    public void A_connection_string_that_cannot_be_read_is_refused_and_never_shown(string text)
    {
        var message = Assert.Throws<StartupException>(() => CoreHost.StartPostgreSql(text)).Message;
        Assert.Contains("Storage:ConnectionString: must look like Host=…;Database=…;Username=…;Password=…", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    [OnSqlite]
    public void A_connection_string_for_SQLite_is_refused_and_never_shown()
    {
        var message =
            Assert.Throws<StartupException>(() => CoreHost.Start(settings: ("Storage:ConnectionString", "Host=db;Password=hunter2"))).Message;
        Assert.Contains("Storage:ConnectionString: is for PostgreSQL. Set Storage:Provider to PostgreSql, or remove it.", message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private static string Refused(string connectionString, params string[] parts)
    {
        var message = Assert.Throws<StartupException>(() => CoreHost.StartPostgreSql(connectionString)).Message;
        Assert.Contains("The database ", message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        return message;
    }
}
