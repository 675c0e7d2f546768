using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Accounts.Core.Storage.Migrations;

/// <summary>What one set of migrations needs to say twice, once per engine.</summary>
internal static class Engines
{
    private const string Refusal = "What is in the audit log stays as it is.";

    public static bool IsPostgreSql(this MigrationBuilder migrationBuilder) =>
        string.Equals(migrationBuilder.ActiveProvider, "Npgsql.EntityFrameworkCore.PostgreSQL", StringComparison.Ordinal);

    /// <summary>A column whose values the database counts up. Each engine ignores the other one's annotation.</summary>
    public static OperationBuilder<AddColumnOperation> CountedUp(this OperationBuilder<AddColumnOperation> column) => column
        .Annotation("Sqlite:Autoincrement", true)
        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);

    /// <summary>Gives a column of texts more room. SQLite limits no text, so it's for PostgreSQL.</summary>
    /// <param name="migrationBuilder">The migration.</param>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="before">Its maximum length until now, in code points.</param>
    /// <param name="length">Its maximum length from now on.</param>
    public static void WidenText(this MigrationBuilder migrationBuilder, string table, string column, int before, int length) =>
        migrationBuilder.AlterColumn<string>(column, table, maxLength: length, oldClrType: typeof(string), oldMaxLength: before);

    /// <summary>Makes the database refuse a statement on each row that a condition holds for.</summary>
    /// <param name="migrationBuilder">The migration.</param>
    /// <param name="table">The table.</param>
    /// <param name="name">The trigger's name, without the table's.</param>
    /// <param name="statement">The statement, for example <c>UPDATE</c>.</param>
    /// <param name="when">The condition in SQL, in which OLD and NEW are the row before and after.</param>
    public static void Refuse(this MigrationBuilder migrationBuilder, string table, string name, string statement, string when = "TRUE") =>
        migrationBuilder.Sql(migrationBuilder.IsPostgreSql()
            ? $"""
            CREATE TRIGGER "TR_{table}_{name}" BEFORE {statement} ON "{table}" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION "RefuseAuditChange"()
            """
            : $"""
            CREATE TRIGGER "TR_{table}_{name}" BEFORE {statement} ON "{table}" WHEN {when}
            BEGIN SELECT RAISE(ABORT, '{Refusal}'); END
            """);

    /// <summary>Makes PostgreSQL refuse to empty a table at once, which no trigger for rows sees. Creates what its triggers call, too.</summary>
    public static void RefuseTruncate(this MigrationBuilder migrationBuilder, params string[] tables)
    {
        migrationBuilder.Sql($"""
            CREATE FUNCTION "RefuseAuditChange"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''{Refusal}''; END'
            """);
        foreach (var table in tables)
            migrationBuilder.Sql($"""
                CREATE TRIGGER "TR_{table}_Truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "RefuseAuditChange"()
                """);
    }
}
