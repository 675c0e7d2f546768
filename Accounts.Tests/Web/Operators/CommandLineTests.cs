using System.Net;
using Accounts.Core.Callers;
using Accounts.Tests.Fixtures;
using Accounts.Web.Operators;

namespace Accounts.Tests.Web.Operators;

/// <summary>The commands of the operator's, each as a process beside the program.</summary>
public sealed class CommandLineTests
{
    private const string Ada = "ada@example.test";
    private const string Grant = "grant-role ada@example.test Administrator";
    private const string Revoke = "revoke-role ada@example.test Administrator";

    [Theory]
    [InlineData("")]
    [InlineData("--urls http://localhost:1")]
    [InlineData("/urls http://localhost:1")]
    [InlineData("--urls=http://localhost:1")]
    [InlineData("/urls=http://localhost:1")]
    [InlineData("urls=http://localhost:1")]
    [InlineData("-x")]
    [InlineData("--Storage:Path")]
    public void Without_a_command_the_program_starts(string args) =>
        Assert.False(CommandLine.Read(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)).HasCommand);

    [Theory]
    [InlineData("check")]
    [InlineData("--urls http://localhost:1 check")]
    [InlineData("/urls http://localhost:1 check")]
    [InlineData("--urls=http://localhost:1 check")]
    [InlineData("check urls=http://localhost:1")]
    [InlineData("--help")]
    [InlineData("/?")]
    public void A_command_may_stand_before_and_after_settings(string args) => Assert.True(CommandLine.Read(args.Split(' ')).HasCommand);

    [Theory]
    [InlineData("--help", "Without a command, the program starts.")]
    [InlineData("help", "revoke-role <EMAIL> <ROLE>  Takes a role of staff away from an account.")]
    [InlineData("help check", "The program may be running meanwhile.")]
    [InlineData("check -h", "accounts check")]
    [InlineData("grant-role --help", "accounts grant-role <EMAIL> <ROLE>")]
    [InlineData("grant-role -?", "Support or Administrator")]
    [InlineData("help grant-role", "accounts grant-role ada@example.test Administrator")]
    [InlineData("revoke-role --help", "Stop the program first")]
    [InlineData("copy-to-postgresql --help", "Everything is copied, or nothing.")]
    public async Task Help_explains_and_does_nothing_else(string command, string expected)
    {
        using var folder = new TempFolder();
        var output = await SucceedAsync(command, ("Storage:Path", folder.File("accounts.db")));
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("chekc", "There is no command chekc. Use check, grant-role, revoke-role, copy-to-postgresql or help, or none to start the program.")]
    [InlineData("help chekc", "There is no command chekc.")]
    [InlineData("grant-role", "Required argument 'EMAIL' missing for command: 'grant-role'.")]
    [InlineData("grant-role ada@example.test Admin", "Must be one of")]
    [InlineData("check ada@example.test", "Unrecognized command or argument 'ada@example.test'")]
    public async Task A_command_that_nobody_understands_is_named_and_starts_nothing(string command, string expected)
    {
        using var folder = new TempFolder();
        var output = await FailAsync(command, ("Storage:Path", folder.File("accounts.db")));
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    // Guard: OpenAccountsForCommand takes no lock for a grant.
    [EachEngineFact]
    public async Task The_first_administrator_gets_the_role_while_the_program_runs()
    {
        using var database = new TestDatabase();
        await using var application = AccountsProcess.Run(null, [.. database.Settings]);
        var address = await application.ListeningAsync();
        using var owner = await RegisterAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, await OpenSupportAsync(owner));

        Assert.Contains("ada@example.test has the role Administrator now.", await SucceedAsync(Grant, database), StringComparison.Ordinal);
        Assert.Contains(
            "ADA@example.test has the role Administrator already.",
            await SucceedAsync("grant-role ADA@example.test administrator", database),
            StringComparison.Ordinal);
        Assert.Contains(
            "There is no account with the email grace@example.test.",
            await FailAsync("grant-role grace@example.test Support", database),
            StringComparison.Ordinal);

        using var again = new Visitor(address, Visitor.Phone);
        using var entered = await again.SignInAsync(Ada, AccountsSite.Password);
        Assert.Equal(HttpStatusCode.OK, await OpenSupportAsync(again));
        using var rows = database.Rows();
        var told = Assert.Single(rows.Audit("user.administrator_granted"));
        Assert.Equal(((long)CallerKind.Administration, null), ((long)told["Kind"]!, told["ActorUserId"]));
    }

    // Guard: TryKeep in OpenAccountsForCommand.
    [EachEngineFact]
    public async Task A_role_is_taken_away_only_while_the_program_is_stopped()
    {
        using var database = new TestDatabase();
        string session;
        await using (var application = AccountsProcess.Run(null, [.. database.Settings]))
        {
            var address = await application.ListeningAsync();
            using var owner = await RegisterAsync(address);
            using var other = await RegisterAsync(address, "grace@example.test");
            await SucceedAsync(Grant, database);
            using var staff = new Visitor(address, Visitor.Phone);
            using var entered = await staff.SignInAsync(Ada, AccountsSite.Password);
            session = staff.SessionCookie;

            Assert.Contains("Stop the program first. Nothing has changed.", await FailAsync(Revoke, database), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await OpenSupportAsync(staff));
            await application.KillAsync();
        }

        using var rows = database.Rows();
        Assert.Empty(rows.Audit("user.administrator_revoked"));
        // The only administrator keeps the role.
        Assert.Contains("ada@example.test is the only administrator", await FailAsync(Revoke, database), StringComparison.Ordinal);
        await SucceedAsync("grant-role grace@example.test Administrator", database);
        Assert.Contains("doesn't have the role Administrator any more", await SucceedAsync(Revoke, database), StringComparison.Ordinal);
        Assert.Contains("Nothing has changed.", await SucceedAsync(Revoke, database), StringComparison.Ordinal);
        Assert.Single(rows.Audit("user.administrator_revoked"));

        await using var next = AccountsProcess.Run(null, [.. database.Settings]);
        using var back = new Visitor(await next.ListeningAsync(), Visitor.Phone);
        back.SessionCookie = session;
        Assert.True(await back.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.NotFound, await OpenSupportAsync(back));
    }

    [EachEngineFact]
    public async Task A_check_says_what_is_there_and_changes_nothing()
    {
        using var database = new TestDatabase();
        await using (var application = AccountsProcess.Run(null, [.. database.Settings]))
        {
            using var owner = await RegisterAsync(await application.ListeningAsync());
            var running = await UnchangedAsync(database, () => SucceedAsync("check", database));
            Assert.Contains("In use: yes", running, StringComparison.Ordinal);
            Assert.Contains("\nAccounts: 1\nLive sessions: 1\n", running, StringComparison.Ordinal);
            Assert.Contains("\nPlaces: the bundled database, DB1 of ", "\n" + running, StringComparison.Ordinal);
            Assert.Contains($"\nEngine: {TestEngine.Name(TestEngine.Current)} ", running, StringComparison.Ordinal);
            Assert.Contains("\nPending migrations: none\n", running, StringComparison.Ordinal);
            await application.KillAsync();
        }

        Assert.Contains("In use: no", await UnchangedAsync(database, () => SucceedAsync("check", database)), StringComparison.Ordinal);
    }

    // Guard: Pending in OpenAccountsForCommand.
    [EachEngineFact]
    public async Task A_database_of_an_earlier_version_is_not_brought_up_to_date_by_a_command()
    {
        using var database = new TestDatabase();
        await using (var application = AccountsProcess.Run(null, [.. database.Settings]))
        {
            using var owner = await RegisterAsync(await application.ListeningAsync());
            await application.KillAsync();
        }

        string last;
        using (var rows = database.Rows())
        {
            last = rows.Text("SELECT max(\"MigrationId\") FROM \"__EFMigrationsHistory\"");
            rows.Execute("DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = @last", ("@last", last));
        }

        await UnchangedAsync(database, async () =>
        {
            var check = await SucceedAsync("check", database);
            Assert.Contains($"Pending migrations: {last}. The next start applies them", check, StringComparison.Ordinal);
            Assert.Contains("an earlier version of this program wrote it", await FailAsync(Grant, database), StringComparison.Ordinal);
            return "";
        });
    }

    [Fact]
    public async Task A_check_before_the_first_start_creates_nothing()
    {
        using var folder = new TempFolder();
        var output = await SucceedAsync($"check --Storage:Path={folder.File("accounts.db")}");
        Assert.Contains("Version of the tables: none, the first start creates them", output, StringComparison.Ordinal);
        Assert.Contains(folder.File("accounts.db"), output, StringComparison.Ordinal);
        var refused = await FailAsync($"--Storage:Path {folder.File("accounts.db")} {Grant}");
        Assert.Contains("there is nothing in it yet. Start the program once", refused, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_check_names_every_problem()
    {
        using var folder = new TempFolder();
        var (file, places) = (folder.File("accounts.db"), folder.File("places.bin"));
        await File.WriteAllTextAsync(file, new string('x', 200));
        var output = await FailAsync("check", ("Storage:Path", file), ("Geolocation:Path", places));
        Assert.Contains($"The database {file} cannot be used: the file is not a SQLite database.", output, StringComparison.Ordinal);
        Assert.Contains($"The geolocation file {places} cannot be used: it does not exist.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(new string('x', 200), await File.ReadAllTextAsync(file));

        var settings = await FailAsync("check", ("Storage:Path", file), ("Sessions:IdleTimeout", "soon"), ("SignIn:AttemptsPerAcount", "5"));
        Assert.Contains("Sessions:IdleTimeout", settings, StringComparison.Ordinal);
        Assert.Contains("SignIn:AttemptsPerAcount", settings, StringComparison.Ordinal);
    }

    // Guard: transaction_read_only in PostgreSqlStart.Look.
    [Fact]
    public async Task A_check_finds_a_database_that_is_read_only()
    {
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        (string, string)[] settings = [.. TestDatabase.Of(database.ConnectionString)];
        var before = await SucceedAsync("check", settings);
        Assert.Contains("Version of the tables: none, the first start creates them", before, StringComparison.Ordinal);
        using var rows = DatabaseRows.OfPostgreSql(database.ConnectionString);
        rows.Execute($"ALTER DATABASE \"{database.Name}\" SET default_transaction_read_only = on");
        Assert.Contains("it is read-only, for example on a standby", await FailAsync("check", settings), StringComparison.Ordinal);
    }

    // Guard: TryWriting in SqliteStart.Look.
    [Fact]
    public async Task A_check_finds_a_file_that_another_program_keeps_from_being_written()
    {
        using var folder = new TempFolder();
        var file = ("Storage:Path", folder.File("accounts.db"));
        await using (var application = AccountsProcess.Run(null, file))
        {
            await application.ListeningAsync();
            await application.KillAsync();
        }

        using (var other = new DatabaseRows(folder.File("accounts.db")))
        {
            other.Execute("BEGIN IMMEDIATE");
            Assert.Contains("another program holds a lock on it. Close that program", await FailAsync("check", file), StringComparison.Ordinal);
        }

        await SucceedAsync("check", file);
    }

    [Fact]
    public async Task Copied_to_PostgreSQL_people_stay_signed_in_and_ended_sessions_stay_ended()
    {
        using var folder = new TempFolder();
        (string, string) file = ("Storage__Path", folder.File("accounts.db"));
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        (string, string)[] there = [file, ("Storage__Provider", "PostgreSql"), ("Storage__ConnectionString", database.ConnectionString)];
        string kept, ended;
        await using (var first = AccountsProcess.Run(null, file))
        {
            var address = await first.ListeningAsync();
            using var owner = await RegisterAsync(address);
            using var other = new Visitor(address, Visitor.Phone);
            using var entered = await other.SignInAsync(Ada, AccountsSite.Password);
            (kept, ended) = (owner.SessionCookie, other.SessionCookie);
            Assert.True(await other.IsSignedInAsync());
            using var left = await other.SignOutAsync();

            await using var early = AccountsProcess.RunCommand("copy-to-postgresql", there);
            Assert.Equal(1, await early.ExitAsync());
            Assert.Contains("another process is using it", early.Output, StringComparison.Ordinal);
            await first.KillAsync();
        }

        await using (var copy = AccountsProcess.RunCommand("copy-to-postgresql", there))
        {
            Assert.Equal(0, await copy.ExitAsync());
            Assert.Contains("\nSessions: 2 rows\n", copy.Output, StringComparison.Ordinal);
            Assert.Contains("Start the program with these settings", copy.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Microsoft.EntityFrameworkCore", copy.Output, StringComparison.Ordinal);
        }

        await using var second = AccountsProcess.Run(null, there);
        using var back = new Visitor(await second.ListeningAsync(), Visitor.Chrome);
        back.SessionCookie = ended;
        using var refused = await back.GetAsync("/settings/sessions");
        Assert.Equal("/signed-out", refused.Headers.Location?.OriginalString);
        back.SessionCookie = kept;
        Assert.True(await back.IsSignedInAsync());
        await second.KillAsync();

        await using var again = AccountsProcess.RunCommand("copy-to-postgresql", there);
        Assert.Equal(1, await again.ExitAsync());
        Assert.Contains("has rows already", again.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", again.Output, StringComparison.Ordinal);
    }

    private static async Task<Visitor> RegisterAsync(Uri address, string email = Ada)
    {
        var visitor = new Visitor(address, Visitor.Chrome);
        using var answer = await visitor.SubmitAsync(
            "/register", ("Input.Name", "Ada Lovelace"), ("Input.Email", email), ("Input.Password", AccountsSite.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    private static async Task<HttpStatusCode> OpenSupportAsync(Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/support");
        return answer.StatusCode;
    }

    private static Task<string> SucceedAsync(string command, TestDatabase database) => SucceedAsync(command, [.. database.Settings]);

    private static Task<string> SucceedAsync(string command, params (string, string)[] settings) => RunAsync(0, command, settings);

    private static Task<string> FailAsync(string command, TestDatabase database) => FailAsync(command, [.. database.Settings]);

    private static Task<string> FailAsync(string command, params (string, string)[] settings) => RunAsync(1, command, settings);

    private static async Task<string> RunAsync(int exitCode, string command, (string, string)[] settings)
    {
        await using var process = AccountsProcess.RunCommand(command, settings);
        var actual = await process.ExitAsync();
        Assert.True(actual == exitCode, $"{command} ended with {actual}:\n{process.Output}");
        return process.Output;
    }

    private static async Task<string> UnchangedAsync(TestDatabase database, Func<Task<string>> act)
    {
        using var rows = database.Rows();
        var before = rows.Everything();
        var output = await act();
        Assert.Equal(before, rows.Everything());
        return output;
    }
}
