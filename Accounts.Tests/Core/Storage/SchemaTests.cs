using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Tests.Core.Storage;

/// <summary>Compares the handwritten migrations with the model.</summary>
public sealed class SchemaTests
{
    [EachEngineFact]
    public async Task The_migrated_schema_matches_the_model()
    {
        using var folder = new TempFolder();
        await using var host = CoreHost.Start();
        await using var empty = host.Rows.IsPostgreSql ? await PostgreSql.CreateEmptyDatabaseAsync() : null;
        var file = folder.File("model.db");
        await using (var db = await host.Get<IDbContextFactory<AccountsDbContext>>().CreateDbContextAsync())
        {
            db.Database.SetConnectionString(empty is null ? $"Data Source={file};Pooling=False" : empty.ConnectionString);
            await db.Database.EnsureCreatedAsync();
        }

        using var model = empty is null ? new DatabaseRows(file) : DatabaseRows.OfPostgreSql(empty.ConnectionString);
        var expected = Describe(model);
        string[] samples = host.Rows.IsPostgreSql
            ?
            [
                "Sessions.ExpiresAt bigint null=NO",
                "CREATE UNIQUE INDEX \"IX_Sessions_Browser\" ON public.\"Sessions\" USING btree (\"UserId\", \"BrowserHash\") "
                    + "WHERE (\"EndedAt\" IS NULL)",
                "FOREIGN KEY (\"UserId\") REFERENCES \"Users\"(\"Id\") ON DELETE CASCADE",
            ]
            :
            [
                "Sessions.ExpiresAt INTEGER notnull=1 pk=0",
                "index IX_Sessions_Browser on Sessions unique=1 (UserId,BrowserHash) WHERE \"EndedAt\" IS NULL",
                "Sessions.UserId -> Users.Id on delete CASCADE",
            ];
        Assert.All(samples, sample => Assert.Contains(sample, expected, StringComparison.Ordinal));
        Assert.Equal(expected, Describe(host.Rows));
    }

    [EachEngineFact]
    public async Task The_comparison_notices_a_difference()
    {
        await using var host = CoreHost.Start();
        var before = Describe(host.Rows);
        foreach (var change in new[]
        {
            "DROP INDEX \"IX_Sessions_Expiry\"",
            "CREATE INDEX \"IX_Sessions_Expiry\" ON \"Sessions\" (\"ExpiresAt\")",
            "ALTER TABLE \"Users\" ADD COLUMN \"More\" TEXT",
        })
        {
            host.Rows.Execute(change);
            var after = Describe(host.Rows);
            Assert.NotEqual(before, after, StringComparer.Ordinal);
            before = after;
        }
    }

    private static string Describe(DatabaseRows rows) => string.Join('\n', rows.IsPostgreSql ? DescribePostgreSql(rows) : DescribeSqlite(rows));

    private static IEnumerable<string> DescribePostgreSql(DatabaseRows rows) => rows.Query("""
        SELECT table_name || '.' || column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || ' null=' || is_nullable
            || coalesce(' default=' || column_default, '') || coalesce(' identity=' || identity_generation, '') AS line
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\_\_EF%'
        UNION ALL
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('"__EFMigrationsHistory"'), 0)
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_EF%'
        ORDER BY line
        """).Select(row => (string)row["line"]!);

    private static IEnumerable<string> DescribeSqlite(DatabaseRows rows)
    {
        var tables = rows.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            + "AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\' ORDER BY name");
        return tables.Select(t => (string)t["name"]!)
            .SelectMany(table => Columns(rows, table).Concat(ForeignKeys(rows, table)).Concat(Indexes(rows, table)));
    }

    private static IEnumerable<string> Columns(DatabaseRows rows, string table) => rows
        .Query("SELECT * FROM pragma_table_info(@table) ORDER BY name", ("@table", table))
        .Select(c => $"{table}.{c["name"]} {c["type"]} notnull={c["notnull"]} pk={c["pk"]} default={c["dflt_value"]}"
            .Replace(" default=", "", StringComparison.Ordinal));

    private static IEnumerable<string> ForeignKeys(DatabaseRows rows, string table) => rows
        .Query("SELECT * FROM pragma_foreign_key_list(@table) ORDER BY \"from\"", ("@table", table))
        .Select(k => $"{table}.{k["from"]} -> {k["table"]}.{k["to"]} on delete {k["on_delete"]}");

    private static IEnumerable<string> Indexes(DatabaseRows rows, string table) => rows
        .Query("SELECT i.name, i.\"unique\", m.sql FROM pragma_index_list(@table) i LEFT JOIN sqlite_master m ON m.name = i.name ORDER BY i.name",
            ("@table", table))
        .Select(i =>
        {
            var columns = rows.Query("SELECT name FROM pragma_index_info(@index) ORDER BY seqno", ("@index", i["name"]))
                .Select(c => (string)c["name"]!);
            var sql = i["sql"] as string ?? "";
            var where = sql.Contains("WHERE", StringComparison.Ordinal) ? " " + sql[sql.IndexOf("WHERE", StringComparison.Ordinal)..] : "";
            return $"index {i["name"]} on {table} unique={i["unique"]} ({string.Join(',', columns)}){where}";
        });
}
