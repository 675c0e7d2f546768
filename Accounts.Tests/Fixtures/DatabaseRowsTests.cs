namespace Accounts.Tests.Fixtures;

/// <summary>Tests of the reader that tests use: both engines return the same values for the same rows.</summary>
public sealed class DatabaseRowsTests
{
    private static readonly Guid Id = new("019c0000-0000-7000-8000-0000000000aa");

    [Fact]
    public async Task Both_engines_return_the_same_values()
    {
        using var folder = new TempFolder();
        await using var database = await PostgreSql.CreateEmptyDatabaseAsync();
        using var sqlite = new DatabaseRows(folder.File("rows.db"));
        using var postgreSql = DatabaseRows.OfPostgreSql(database.ConnectionString);
        sqlite.Execute(
            """CREATE TABLE "T" ("Id" TEXT, "Yes" INTEGER, "Count" INTEGER, "At" INTEGER, "Hash" BLOB, "Name" TEXT, "Nothing" TEXT)""");
        postgreSql.Execute(
            """CREATE TABLE "T" ("Id" uuid, "Yes" boolean, "Count" integer, "At" bigint, "Hash" bytea, "Name" text, "Nothing" uuid)""");

        foreach (var rows in new[] { sqlite, postgreSql })
        {
            Assert.Equal(1, rows.Execute(
                "INSERT INTO \"T\" VALUES (@id, @yes, @count, @at, @hash, @name, NULL)",
                ("@id", Id), ("@yes", true), ("@count", 7), ("@at", 1L << 40), ("@hash", new byte[] { 1, 255 }), ("@name", "Zoë")));
        }

        const string select = "SELECT * FROM \"T\" WHERE \"Id\" = @id";
        Assert.Equal(sqlite.Query(select, ("@id", Id)), postgreSql.Query(select, ("@id", Id)));
        Assert.Equal("019C0000-0000-7000-8000-0000000000AA", postgreSql.Text("SELECT \"Id\" FROM \"T\""));
        Assert.Equal(Id, postgreSql.Guid("SELECT \"Id\" FROM \"T\""));
        Assert.Equal(7, postgreSql.Number("SELECT \"Count\" FROM \"T\""));
        Assert.Equal(sqlite.Everything(), postgreSql.Everything());
    }
}
