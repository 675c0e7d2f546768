using Accounts.Core.Storage;
using Xunit.Runner.Common;
using Xunit.v3;

namespace Accounts.Tests.Fixtures;

/// <summary>Tests of the attributes themselves: which engine a test sees, and where.</summary>
public sealed class EachEngineTests : IAsyncLifetime
{
    private readonly StorageProvider _constructed = TestEngine.Current;
    private StorageProvider? _initialized;

    public static TheoryData<string, int> Rows => new() { { "a", 1 }, { "b", 2 } };

    /// <summary>Rows that can't be serialized. The theory reads them when it runs.</summary>
    public static TheoryData<Func<int>> LateRows => new(() => 1, () => 2);

    public async ValueTask InitializeAsync()
    {
        await Task.Yield();
        _initialized = TestEngine.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Assert.Equal(_constructed, TestEngine.Current);
    }

    [EachEngineFact]
    public async Task A_fact_runs_on_the_engine_in_its_name() => await CheckAsync();

    [EachEngineTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_theory_runs_on_the_engine_in_its_name(int row) => await CheckAsync(row);

    [EachEngineTheory]
    [MemberData(nameof(Rows))]
    public async Task A_theory_of_a_member_runs_on_the_engine_in_its_name(string text, int row) => await CheckAsync(text, row);

    [EachEngineTheory]
    [MemberData(nameof(LateRows))]
    public async Task A_theory_of_late_rows_runs_on_the_engine_in_its_name(Func<int> row) => await CheckAsync(row);

    [EachEngineFact(Timeout = 60_000)]
    public async Task A_fact_with_a_time_limit_runs_on_the_engine_in_its_name() => await CheckAsync();

    [Theory]
    [InlineData(nameof(A_fact_runs_on_the_engine_in_its_name), 1)]
    [InlineData(nameof(A_theory_runs_on_the_engine_in_its_name), 2)]
    [InlineData(nameof(A_theory_of_a_member_runs_on_the_engine_in_its_name), 2)]
    [InlineData(nameof(A_theory_of_late_rows_runs_on_the_engine_in_its_name), 1)]
    public async Task Each_engine_has_a_test_case_of_its_own(string name, int rows)
    {
        var method = new XunitTestMethod((IXunitTestClass)TestContext.Current.TestClass!, GetType().GetMethod(name)!, []);
        var attribute = method.FactAttributes.Single();
        IXunitTestCaseDiscoverer discoverer = attribute is ITheoryAttribute ? new EachEngineTheoryDiscoverer() : new EachEngineFactDiscoverer();
        var options = TestFrameworkOptions.ForDiscovery(new TestAssemblyConfiguration { PreEnumerateTheories = true });

        var cases = await discoverer.Discover(options, method, attribute);

        Assert.Equal(2 * rows, cases.Select(single => single.UniqueID).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(rows, cases.Count(single => single.TestCaseDisplayName.EndsWith(" [SQLite]", StringComparison.Ordinal)));
        Assert.Equal(rows, cases.Count(single => single.TestCaseDisplayName.EndsWith(" [PostgreSQL]", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_test_without_the_attribute_uses_the_default() =>
        Assert.Equal(TestEngine.Parse(Environment.GetEnvironmentVariable(TestEngine.Variable)), TestEngine.Current);

    [Fact]
    public void The_default_is_SQLite()
    {
        Assert.Equal(StorageProvider.Sqlite, TestEngine.Parse(null));
        Assert.Equal(StorageProvider.Sqlite, TestEngine.Parse(""));
        Assert.Equal(StorageProvider.PostgreSql, TestEngine.Parse("PostgreSql"));
    }

    [Fact]
    public void An_unknown_engine_is_refused()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => TestEngine.Parse("Oracle"));
        Assert.Equal("ACCOUNTS_TEST_ENGINE is 'Oracle'. Set it to Sqlite or PostgreSql.", refusal.Message);
    }

    private async Task CheckAsync(params object[] _)
    {
        var engine = TestContext.Current.Test!.TestDisplayName.Contains("[PostgreSQL]", StringComparison.Ordinal)
            ? StorageProvider.PostgreSql
            : StorageProvider.Sqlite;
        Assert.Equal(engine, TestEngine.Current);
        await Task.Yield();
        Assert.Equal(engine, await Task.Run(() => TestEngine.Current));
        Assert.Equal(engine, _constructed);
        Assert.Equal(engine, _initialized);
    }
}
