using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Storage;

/// <summary>The queries that grow with the data are answered from an index, as SQLite itself plans them.</summary>
public sealed class IndexTests
{
    [Theory]
    [InlineData("IX_Sessions_Live", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' AND \"EndedAt\" IS NULL AND \"ExpiresAt\" > 1")]
    [InlineData("IX_Sessions_Browser", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' AND \"BrowserHash\" = x'00' AND \"EndedAt\" IS NULL")]
    [InlineData("IX_Sessions_History", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' ORDER BY \"StartedAt\" DESC LIMIT 50")]
    [InlineData("IX_Sessions_Expiry", "SELECT \"Id\" FROM \"Sessions\" WHERE \"EndedAt\" IS NULL AND \"ExpiresAt\" <= 1 ORDER BY \"ExpiresAt\" LIMIT 500")]
    [InlineData("EmailIndex", "SELECT * FROM \"Users\" WHERE \"NormalizedEmail\" = 'A' LIMIT 2")]
    public async Task A_query_that_grows_with_the_data_has_its_index(string index, string query)
    {
        await using var host = CoreHost.Start();
        var plan = string.Join('\n', host.Rows.Query("EXPLAIN QUERY PLAN " + query).Select(row => row["detail"]));
        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }
}
