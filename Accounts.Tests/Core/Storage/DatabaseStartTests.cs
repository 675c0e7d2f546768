using Accounts.Core.Settings;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.Storage;

/// <summary>The start refuses an unusable database. The message names it and says what to do, and the file stays unchanged.</summary>
public sealed class DatabaseStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("accounts.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_default_folder_is_created()
    {
        await using var host = CoreHost.Start(_folder, settings: [("Storage:Path", "App_Data/accounts.db")]);
        Assert.True(File.Exists(_folder.File("App_Data/accounts.db")));
    }

    // Guard: Hide in SqliteStart. The file holds password hashes and keys.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_else_can_read_the_files(bool existing)
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode all = (UnixFileMode)0b110_100_100;
        if (existing)
        {
            await WriteDatabaseAsync();
            File.SetUnixFileMode(Database, all);
            await File.WriteAllTextAsync(Database + ".lock", "");
            File.SetUnixFileMode(Database + ".lock", all);
        }

        await using var host = CoreHost.Start(_folder);
        await host.RegisterAsync("grace@example.test");
        foreach (var file in new[] { "", "-wal", "-shm", ".lock" })
            Assert.Equal((file, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file, File.GetUnixFileMode(Database + file)));
    }

    [Fact]
    public async Task The_folder_that_the_program_makes_is_closed_to_others()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var host = CoreHost.Start(_folder, settings: [("Storage:Path", "App_Data/accounts.db")]);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_folder.File("App_Data")));
    }

    [Fact]
    public async Task A_clock_behind_the_newest_session_is_told()
    {
        using var journal = new Journal();
        await using (var host = CoreHost.Start(_folder, services => services.AddSingleton<ILoggerProvider>(journal)))
        {
            host.Clock.Advance(TimeSpan.FromHours(2));
            await host.RegisterAsync();
            await host.SignInAsync();
        }

        Assert.Empty(journal.Of("AccountsStart"));
        await using var later = CoreHost.Start(_folder, services => services.AddSingleton<ILoggerProvider>(journal));
        Assert.Contains("The clock of this server is 02:00:00 behind", Assert.Single(journal.Of("AccountsStart")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_opens_again_with_its_contents()
    {
        await WriteDatabaseAsync();
        await using var host = CoreHost.Start(_folder);
        await host.SignInAsync();
    }

    [Fact]
    public async Task An_empty_file_becomes_a_database()
    {
        await File.WriteAllBytesAsync(Database, []);
        await using var host = CoreHost.Start(_folder);
        await host.RegisterAsync();
    }

    [Fact]
    public void A_missing_folder_is_refused_if_it_is_configured()
    {
        var message = Assert.Throws<StartupException>(() => CoreHost.Start(_folder, settings: [("Storage:Path", "data/accounts.db")])).Message;
        Assert.Contains(_folder.File("data/accounts.db"), message, StringComparison.Ordinal);
        Assert.Contains("its folder does not exist. Create the folder, or correct Storage:Path", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Fact]
    public async Task A_default_folder_that_cannot_be_created_is_refused()
    {
        await File.WriteAllTextAsync(_folder.File("App_Data"), "a file stands where the folder should be");
        var message = Assert.Throws<StartupException>(() => CoreHost.Start(_folder, settings: [("Storage:Path", "App_Data/accounts.db")])).Message;
        Assert.Contains(_folder.File("App_Data/accounts.db"), message, StringComparison.Ordinal);
        Assert.Contains("its folder cannot be created", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_instead_of_the_file_is_refused()
    {
        Directory.CreateDirectory(Database);
        var message = Assert.Throws<StartupException>(() => CoreHost.Start(_folder)).Message;
        Assert.Contains($"The database {Database} cannot be used: ", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Database));
    }

    [Fact]
    public async Task A_read_only_file_is_refused()
    {
        await WriteDatabaseAsync();
        File.SetAttributes(Database, FileAttributes.ReadOnly);
        await RefusedAsync("the file is read-only. Make it writable");
        File.SetAttributes(Database, FileAttributes.Normal);
        await using var host = CoreHost.Start(_folder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(5_000)]
    public async Task A_file_that_is_no_database_is_refused(int length)
    {
        await File.WriteAllTextAsync(Database, new string('x', length));
        await RefusedAsync("not a SQLite database. Move it away, or correct Storage:Path");
    }

    [Fact]
    public async Task A_truncated_file_is_refused()
    {
        await WriteDatabaseAsync();
        var whole = await File.ReadAllBytesAsync(Database);
        foreach (var length in new[] { whole.Length / 2, whole.Length - 4096, (whole.Length / 2) + 100 })
        {
            await File.WriteAllBytesAsync(Database, whole[..length]);
            await RefusedAsync("the file is damaged", "Keep it, and restore a backup to this path.");
        }
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        await WriteDatabaseAsync();
        var whole = await File.ReadAllBytesAsync(Database);
        foreach (var from in new[] { 4096, whole.Length / 2 })
        {
            var damaged = whole.ToArray();
            Array.Fill(damaged, (byte)0xA5, from, Math.Min(12_288, damaged.Length - from));
            await File.WriteAllBytesAsync(Database, damaged);
            await RefusedAsync("the file is damaged", "Keep it, and restore a backup to this path.");
        }
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        using (var other = new DatabaseRows(Database))
            other.Execute("CREATE TABLE Bookmarks (Url TEXT); INSERT INTO Bookmarks VALUES ('https://example.com')");
        await RefusedAsync("it is another program's SQLite database. Correct Storage:Path");
    }

    [Fact]
    public async Task Another_programs_database_with_a_migration_history_is_refused()
    {
        using (var other = new DatabaseRows(Database))
            other.Execute(
                "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" TEXT PRIMARY KEY, \"ProductVersion\" TEXT); PRAGMA application_id = 42");
        await RefusedAsync("it is another program's SQLite database");
    }

    [Fact]
    public async Task A_database_from_a_newer_version_is_refused()
    {
        await WriteDatabaseAsync();
        using (var rows = new DatabaseRows(Database))
            rows.Execute("INSERT INTO \"__EFMigrationsHistory\" VALUES ('9999_Future', '99.0')");
        await RefusedAsync("a newer version of this program wrote it (it has 9999_Future). Start that version, or restore an older backup");
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_has_ended()
    {
        await using (var first = CoreHost.Start(_folder))
        {
            var message = Assert.Throws<StartupException>(() => CoreHost.Start(_folder)).Message;
            Assert.Contains(Database, message, StringComparison.Ordinal);
            Assert.Contains("another process is using it. Stop that process, or choose another file", message, StringComparison.Ordinal);
            await first.RegisterAsync();
        }

        await using var second = CoreHost.Start(_folder);
        await second.SignInAsync();
    }

    [Fact]
    public async Task A_lock_left_by_a_killed_migration_does_not_block_the_start()
    {
        await WriteDatabaseAsync();
        using (var rows = new DatabaseRows(Database))
        {
            rows.Execute("CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)");
            rows.Execute("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01 00:00:00')");
        }

        await using var host = await Task.Run(() => CoreHost.Start(_folder)).WaitAsync(Patience.Limit);
        await host.SignInAsync();
    }

    [Theory]
    [InlineData("CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" TEXT NOT NULL CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY, "
        + "\"ProductVersion\" TEXT NOT NULL)")]
    [InlineData("CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)")]
    public async Task A_first_start_that_was_killed_is_resumed(string left)
    {
        using (var rows = new DatabaseRows(Database))
            rows.Execute(left);
        await using var host = CoreHost.Start(_folder);
        await host.RegisterAsync();
    }

    private async Task RefusedAsync(params string[] parts)
    {
        var before = await File.ReadAllBytesAsync(Database);
        var message = Assert.Throws<StartupException>(() => CoreHost.Start(_folder)).Message;
        Assert.Contains($"The database {Database} cannot be used: ", message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
    }

    private async Task WriteDatabaseAsync()
    {
        await using var host = CoreHost.Start(_folder);
        await host.RegisterAsync();
    }
}
