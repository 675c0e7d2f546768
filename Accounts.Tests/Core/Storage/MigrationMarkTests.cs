using System.Reflection;
using System.Text.RegularExpressions;
using Accounts.Core.Storage;
using Accounts.Core.Storage.Migrations;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace Accounts.Tests.Core.Storage;

/// <summary>The mark of a migration tells an earlier version whether it may use the database. So the mark must be true.</summary>
public sealed class MigrationMarkTests
{
    private const string Why = "An earlier version beside it may need what was there. Mark the migration _Contract.";

    private static readonly string[] Providers = ["Microsoft.EntityFrameworkCore.Sqlite", "Npgsql.EntityFrameworkCore.PostgreSQL"];

    private static readonly List<(string Id, Type Type)> All =
    [
        .. typeof(AccountsDbContext).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<MigrationAttribute>() is not null)
            .Select(type => (type.GetCustomAttribute<MigrationAttribute>()!.Id, type))
            .OrderBy(migration => migration.Id, StringComparer.Ordinal),
    ];

    public static TheoryData<string, Action<MigrationBuilder>> Expanding => new()
    {
        { "a table", up => up.CreateTable("Notes", Columns, constraints: table => table.PrimaryKey("PK_Notes", row => row.Id)) },
        { "a unique index on it", up =>
            {
                up.CreateTable("Notes", Columns);
                up.CreateIndex("IX_Notes", "Notes", "UserId", unique: true);
            }
        },
        { "a table that goes with its account", up => up.CreateTable("Notes", Columns, constraints: Account(ReferentialAction.Cascade)) },
        { "a column", up => up.AddColumn<string>("Note", "Sessions", nullable: true) },
        { "a column with a default", up => up.AddColumn<bool>("Noted", "Sessions", nullable: false, defaultValue: false) },
        { "a unique index over a column that it leaves empty", up =>
            {
                up.AddColumn<string>("Note", "Sessions", nullable: true);
                up.CreateIndex("IX_Sessions_Note", "Sessions", ["UserId", "Note"], unique: true);
            }
        },
        { "an index", up => up.CreateIndex("IX_Sessions_Note", "Sessions", "Name") },
        { "room for longer texts", up => up.WidenText("Sessions", "Name", 60, 600) },
        { "a trigger that goes and comes back as it was", up =>
            {
                up.Sql("DROP TRIGGER \"TR_AuditEvents_Change\" ON \"AuditEvents\"");
                up.Refuse("AuditEvents", "Change", "UPDATE");
            }
        },
    };

    public static TheoryData<string, Action<MigrationBuilder>> Contracting => new()
    {
        {
            "Sample_Expand adds the column Sessions.Note, which is required and has no default.",
            up => up.AddColumn<string>("Note", "Sessions", nullable: false)
        },
        {
            "Sample_Expand adds the unique index IX_Sessions_Key over Sessions.",
            up => up.CreateIndex("IX_Sessions_Key", "Sessions", "KeyHash", unique: true)
        },
        {
            "Sample_Expand adds the unique index IX_Sessions_Note over Sessions.",
            up =>
            {
                up.AddColumn<bool>("Note", "Sessions", nullable: false, defaultValue: false);
                up.CreateIndex("IX_Sessions_Note", "Sessions", "Note", unique: true);
            }
        },
        {
            "Sample_Expand adds the table Notes, which keeps rows of Users from being deleted.",
            up => up.CreateTable("Notes", Columns, constraints: Account(ReferentialAction.Restrict))
        },
        { "Sample_Expand does this: DropColumn.", up => up.DropColumn("Name", "Sessions") },
        { "Sample_Expand does this: DropTable.", up => up.DropTable("SupportCodes") },
        { "Sample_Expand does this: DropIndex.", up => up.DropIndex("IX_Sessions_Browser", "Sessions") },
        { "Sample_Expand does this: RenameColumn.", up => up.RenameColumn("Name", "Sessions", "Title") },
        { "Sample_Expand does this: RenameTable.", up => up.RenameTable("Sessions", newName: "Logins") },
        { "Sample_Expand does this: AlterColumn.", up => up.AlterColumn<string>("Name", "Sessions", nullable: false) },
        { "Sample_Expand does this: AlterColumn.", up => up.WidenText("Sessions", "Name", 60, 59) },
        { "Sample_Expand does this: AddForeignKey.", up => up.AddForeignKey("FK_Codes", "SupportCodes", "UserId", "Users", principalColumn: "Id") },
        { "Sample_Expand does this: Sql.", up => up.Sql("DELETE FROM \"Sessions\"") },
        { "Sample_Expand does this: Sql.", up => up.Sql("DROP TRIGGER \"TR_AuditEvents_Change\" ON \"AuditEvents\"") },
        {
            "Sample_Expand does this: Sql.",
            up =>
            {
                up.Sql("DROP TRIGGER \"TR_AuditEvents_Change\" ON \"AuditEvents\"");
                up.Refuse("AuditEvents", "Change", "UPDATE", "FALSE");
            }
        },
    };

    [Fact]
    public void Every_migration_from_the_eleventh_on_carries_a_mark()
    {
        Assert.Equal("0001_First", All[0].Id);
        Assert.Empty(FindUnmarked(All.Select(migration => migration.Id)));
    }

    [Fact]
    public void A_migration_without_a_mark_is_found()
    {
        string[] later = ["0011_Notes", "0012_Notes_Expand", "0013_Notes_Contract", "0014_Notes_expand"];
        var unmarked = FindUnmarked([.. All.Take(10).Select(migration => migration.Id), .. later]);
        Assert.Equal(["0011_Notes", "0014_Notes_expand"], unmarked, StringComparer.Ordinal);
    }

    [Fact]
    public void A_migration_that_says_so_only_adds()
    {
        foreach (var (id, type) in All.Where(migration => migration.Id.EndsWith(MigrationIds.Expand, StringComparison.Ordinal)))
            Assert.Empty(FindProblems(id, () => (Migration)Activator.CreateInstance(type)!));
    }

    [Theory]
    [MemberData(nameof(Expanding))]
    public void What_an_earlier_version_ignores_is_allowed(string what, Action<MigrationBuilder> up)
    {
        Assert.NotEmpty(what);
        Assert.Empty(FindProblems("Sample_Expand", () => new Sample(up)));
    }

    [Theory]
    [MemberData(nameof(Contracting))]
    public void What_an_earlier_version_notices_is_refused(string problem, Action<MigrationBuilder> up) =>
        Assert.Equal($"{problem} {Why}", Assert.Single(FindProblems("Sample_Expand", () => new Sample(up)).Distinct(StringComparer.Ordinal)));

    private static IEnumerable<string> FindUnmarked(IEnumerable<string> ids) => ids.Order(StringComparer.Ordinal).Skip(10)
        .Where(id => !id.EndsWith(MigrationIds.Expand, StringComparison.Ordinal) && !id.EndsWith(MigrationIds.Contract, StringComparison.Ordinal));

    /// <summary>What a migration does, on either engine, that an earlier version would notice.</summary>
    private static IEnumerable<string> FindProblems(string id, Func<Migration> create) => Providers.SelectMany(provider =>
    {
        var migration = create();
        migration.ActiveProvider = provider;
        var added = migration.UpOperations.OfType<CreateTableOperation>().Select(table => table.Name).ToHashSet(StringComparer.Ordinal);
        // A trigger that comes back as an earlier migration made it.
        var kept = migration.UpOperations.OfType<SqlOperation>().Select(sql => sql.Sql).Where(Earlier(id, provider).Contains)
            .Select(NameOfTrigger).OfType<string>().ToHashSet(StringComparer.Ordinal);
        // An earlier version doesn't know these columns. It leaves them NULL, and NULL equals nothing.
        var empty = migration.UpOperations.OfType<AddColumnOperation>()
            .Where(column => column is { IsNullable: true, DefaultValue: null, DefaultValueSql: null })
            .Select(column => (column.Table, column.Name)).ToHashSet();
        return migration.UpOperations.Select(operation => FindProblem(operation, added, empty, kept)).OfType<string>()
            .Select(problem => $"{id} {problem} {Why}");
    });

    private static string? FindProblem(
        MigrationOperation operation, HashSet<string> added, HashSet<(string Table, string Name)> empty, HashSet<string> kept) => operation switch
    {
        CreateTableOperation table => table.ForeignKeys
            .Where(key => !added.Contains(key.PrincipalTable) && key.OnDelete is not (ReferentialAction.Cascade or ReferentialAction.SetNull))
            .Select(key => $"adds the table {table.Name}, which keeps rows of {key.PrincipalTable} from being deleted.")
            .FirstOrDefault(),
        AddColumnOperation { IsNullable: false, DefaultValue: null, DefaultValueSql: null } column when !added.Contains(column.Table) =>
            $"adds the column {column.Table}.{column.Name}, which is required and has no default.",
        AddColumnOperation => null,
        CreateIndexOperation { IsUnique: true } index
            when !added.Contains(index.Table) && !Array.Exists(index.Columns, column => empty.Contains((index.Table, column))) =>
            $"adds the unique index {index.Name} over {index.Table}.",
        CreateIndexOperation => null,
        AlterColumnOperation { MaxLength: { } length } column
            when length > column.OldColumn.MaxLength && column.IsNullable == column.OldColumn.IsNullable => null,
        SqlOperation sql when NameOfTrigger(sql.Sql) is { } trigger && kept.Contains(trigger) => null,
        _ => $"does this: {operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal)}.",
    };

    /// <summary>The name in a statement that makes or drops a trigger; null in any other.</summary>
    private static string? NameOfTrigger(string sql) =>
        Regex.Match(sql, """^\s*(CREATE|DROP) TRIGGER "(?<name>\w+)" """, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            is { Success: true } match ? match.Groups["name"].Value : null;

    private static HashSet<string> Earlier(string id, string provider) =>
    [
        .. All.Where(migration => string.CompareOrdinal(migration.Id, id) < 0).SelectMany(migration =>
        {
            var earlier = (Migration)Activator.CreateInstance(migration.Type)!;
            earlier.ActiveProvider = provider;
            return earlier.UpOperations.OfType<SqlOperation>().Select(sql => sql.Sql);
        }),
    ];

    private static NoteColumns Columns(ColumnsBuilder table) =>
        new(table.Column<Guid>(), table.Column<Guid>());

    private static Action<CreateTableBuilder<NoteColumns>> Account(ReferentialAction onDelete) =>
        table => table.ForeignKey("FK_Notes_Users_UserId", row => row.UserId, "Users", "Id", onDelete: onDelete);

    private sealed class NoteColumns(OperationBuilder<AddColumnOperation> id, OperationBuilder<AddColumnOperation> userId)
    {
        public OperationBuilder<AddColumnOperation> Id { get; } = id;

        public OperationBuilder<AddColumnOperation> UserId { get; } = userId;
    }

    private sealed class Sample(Action<MigrationBuilder> up) : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => up(migrationBuilder);
    }
}
