using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>What docs/operations.md tells an operator to run by hand does what it says, on both engines.</summary>
public sealed class OperationsTests
{
    [EachEngineFact]
    public async Task A_plan_is_assigned()
    {
        await using var host = await StartAsync();
        Assert.Equal(1, Run(host, "UPDATE \"Users\""));
        Assert.Equal("Plus", host.Rows.Text("SELECT \"Plan\" FROM \"Users\""));
    }

    [EachEngineFact]
    public async Task All_sessions_end()
    {
        using var database = new TestDatabase();
        SignedInBrowser browser;
        await using (var host = CoreHost.Start(database))
        {
            await host.RegisterAsync();
            browser = await host.SignInAsync();
            Assert.Equal(1, Run(host, "UPDATE \"Sessions\""));
        }

        await using var again = CoreHost.Start(database);
        Assert.Null(await again.RequestAsync(browser));
        var times = again.Rows.Session(browser.Id);
        // The system's time, in the product's unit.
        Assert.InRange((long)times["EndedAt"]!, 1_790_000_000_000_000, 4_000_000_000_000_000);
    }

    private static async Task<CoreHost> StartAsync()
    {
        var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.SignInAsync();
        return host;
    }

    private static int Run(CoreHost host, string begin) =>
        host.Rows.Execute(Find(host, begin).Replace("ADA@EXAMPLE.TEST", CoreHost.Email.ToUpperInvariant(), StringComparison.Ordinal));

    /// <summary>Finds the page's statement that begins so, and fills in this engine's time.</summary>
    private static string Find(CoreHost host, string begin)
    {
        var page = Repository.Read("docs/operations.md");
        var sql = Assert.Single(page.Split("```sql\n")[1..], block => block.StartsWith(begin, StringComparison.Ordinal)).Split("\n```")[0];
        var row = $"| {(host.Rows.IsPostgreSql ? "PostgreSQL" : "SQLite")} | `";
        var now = page[(page.IndexOf(row, page.IndexOf("## SQL by hand", StringComparison.Ordinal), StringComparison.Ordinal) + row.Length)..]
            .Split('`')[0];
        return sql.Replace(":now", now, StringComparison.Ordinal);
    }
}
