using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>The list of users reads no more than a page, according to the database's own plan for each statement.</summary>
public sealed class UserPlanTests(CrowdedCores cores, ITestOutputHelper output) : IClassFixture<CrowdedCores>
{
    private static readonly Dictionary<string, (UserQuery Query, string Index)> Queries = new(StringComparer.Ordinal)
    {
        ["by name"] = (new(), "IX_Users_NameKey"),
        ["by email"] = (new() { Sort = UserSort.Email }, "IX_Users_Email"),
        ["by age"] = (new() { Sort = UserSort.Created }, "PK_Users"),
        ["plan by name"] = (new() { Plan = "Free" }, "IX_Users_PlanName"),
        ["plan by email"] = (new() { Plan = "Free", Sort = UserSort.Email }, "IX_Users_PlanEmail"),
        ["plan by age"] = (new() { Plan = "Free", Sort = UserSort.Created }, "IX_Users_Plan"),
        ["default plan"] = (new() { Plan = "All" }, "IX_Users_NameKey"),
        ["no role"] = (new() { Role = UserRoleFilter.None }, "IX_Users_NameKey"),
        ["staff"] = (new() { Role = UserRoleFilter.Administrator }, "PK_Users"),
        ["open"] = (new() { Status = UserStatus.Open }, "IX_Users_NameKey"),
        ["disabled by name"] = (new() { Status = UserStatus.Disabled }, "IX_Users_ClosedName"),
        ["disabled by email"] = (new() { Status = UserStatus.Disabled, Sort = UserSort.Email }, "IX_Users_ClosedEmail"),
        ["disabled by age"] = (new() { Status = UserStatus.Disabled, Sort = UserSort.Created }, "IX_Users_Closed"),
        ["to be deleted"] = (new() { Status = UserStatus.ToBeDeleted }, "IX_Users_ClosedName"),
        ["search a name"] = (new() { Search = "user" }, "IX_Users_NameKey"),
        ["search a last word"] = (new() { Search = "77" }, "IX_Users_LastNameKey"),
        ["search an email"] = (new() { Search = "user77@" }, "IX_Users_Email"),
        ["search an email's beginning"] = (new() { Search = "user7" }, "IX_Users_Email"),
    };

    public static TheoryData<string> Names => [.. Queries.Keys];

    [EachEngineTheory]
    [MemberData(nameof(Names))]
    public async Task A_page_reads_only_what_it_shows(string name) =>
        await CheckAsync(name, analyzed: TestEngine.Current == StorageProvider.PostgreSql);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task So_it_does_in_a_file_that_somebody_analysed(string name)
    {
        TestEngine.Use(StorageProvider.Sqlite);
        await CheckAsync(name, analyzed: true);
    }

    private async Task CheckAsync(string name, bool analyzed)
    {
        var core = await cores.StartAsync(analyzed);
        if (core.Host.Rows.Number("SELECT count(*) FROM \"Users\" WHERE \"DisabledAt\" IS NOT NULL") == 0)
        {
            // Some have a plan of their own, and some are disabled or to be deleted.
            core.Host.Rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Free' WHERE \"Email\" LIKE 'user%7_@example.test'");
            core.Host.Rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1 WHERE \"Email\" LIKE 'user%3@example.test'");
            core.Host.Rows.Execute("UPDATE \"Users\" SET \"DeletionDueAt\" = 1 WHERE \"Email\" LIKE 'user%6@example.test'");
            if (analyzed)
                await core.AnalyzeAsync();
        }

        // Only now: a file that was analysed with one role has plans for one.
        var root = await RootAsync(core);
        var (query, index) = Queries[name];
        var directory = core.Host.Get<UserDirectory>();
        // The count of the accounts is good for a minute. It isn't a page's own.
        await directory.PageAsync(root, query);
        foreach (var descending in new[] { false, true })
        {
            UserPage? page = null;
            var ordered = query with { Descending = descending };
            var plans = await core.Plans.OfAsync(async () => page = await directory.PageAsync(root, ordered));
            Check(core, plans, index);
            Assert.NotEmpty(page!.Users);
            // A later page, and back.
            if (page.Next is not { } next)
                continue;
            plans = await core.Plans.OfAsync(async () => page = await directory.PageAsync(root, ordered with { At = next }));
            Check(core, plans, index);
            plans = await core.Plans.OfAsync(async () => page = await directory.PageAsync(root, ordered with { At = page!.Previous }));
            Check(core, plans, index);
        }
    }

    private void Check(CrowdedCore core, IReadOnlyList<QueryPlan> plans, string index)
    {
        foreach (var plan in plans)
            output.WriteLine($"{plan}");
        Assert.Empty(plans.Where(plan => plan.Problems.Count > 0).Select(plan => $"{string.Join('\n', plan.Problems)}\n{plan}"));
        var used = !core.Host.Rows.IsPostgreSql && index is "PK_Users" ? "sqlite_autoindex_Users_1" : index;
        var sorted = plans.Where(plan => plan.Statement.Contains("ORDER BY", StringComparison.Ordinal));
        Assert.True(sorted.Any(plan => plan.Uses(used)), $"No statement uses {used}.");
        if (!core.Host.Rows.IsPostgreSql)
            return;
        // Among 4,000 users, a page reads a few dozen.
        var list = plans.Where(plan => plan.Statement.StartsWith("SELECT * FROM \"Users\" WHERE", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(list);
        Assert.All(list, plan => Assert.InRange(plan.Rows!.Value, 0, 1_000));
    }

    private static async Task<Caller> RootAsync(CrowdedCore core)
    {
        var caller = core.SignedIn(2).Caller;
        await core.Host.Get<RoleGrants>().GrantAsync(Crowd.Email(2), Roles.Administrator);
        return caller;
    }
}
