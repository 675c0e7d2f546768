using System.Runtime.CompilerServices;
using Accounts.Core.Storage;
using Xunit.Sdk;
using Xunit.v3;

namespace Accounts.Tests.Fixtures;

/// <summary>Marks a test that runs once on each database engine. <see cref="TestEngine.Current"/> tells it which one.</summary>
/// <remarks>
/// The runs have the method's name followed by the engine's: <c>A_user_signs_in [PostgreSQL]</c>. The trait <c>Engine</c> selects one engine:
/// <c>dotnet test --filter Engine=PostgreSQL</c>. If an engine isn't installed, its run is skipped.
/// </remarks>
[XunitTestCaseDiscoverer(typeof(EachEngineFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachEngineFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : FactAttribute(file, line);

/// <summary>Marks a theory that runs once on each database engine, with every row of its data.</summary>
/// <inheritdoc cref="EachEngineFactAttribute"/>
[XunitTestCaseDiscoverer(typeof(EachEngineTheoryDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EachEngineTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : TheoryAttribute(file, line);

/// <summary>Makes one test case per engine from a fact.</summary>
internal sealed class EachEngineFactDiscoverer : FactDiscoverer
{
    public override async ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var cases = await base.Discover(discoveryOptions, testMethod, factAttribute);
        // A method that can't be a fact has a test case that says so.
        if (cases.Any(single => single is ExecutionErrorTestCase))
            return cases;
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, factAttribute);
        return [.. TestEngine.All.Select(engine => new EachEngineTestCase(
            engine, details.ResolvedTestMethod, details.TestCaseDisplayName, details.UniqueID, details.Explicit, details.SkipExceptions,
            details.SkipReason, details.SkipType, details.SkipUnless, details.SkipWhen, TestIntrospectionHelper.GetTraits(testMethod, dataRow: null),
            arguments: null, details.SourceFilePath, details.SourceLineNumber, details.Timeout))];
    }
}

/// <summary>Makes one test case per engine and row of data, or one per engine if the rows are read only when the test runs.</summary>
internal sealed class EachEngineTheoryDiscoverer : TheoryDiscoverer
{
    protected override ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        ITheoryAttribute theoryAttribute,
        ITheoryDataRow dataRow,
        object?[] testMethodArguments)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetailsForTheoryDataRow(
            discoveryOptions, testMethod, theoryAttribute, dataRow, testMethodArguments);
        return new([.. TestEngine.All.Select(engine => new EachEngineTestCase(
            engine, details.ResolvedTestMethod, details.TestCaseDisplayName, details.UniqueID, details.Explicit, details.SkipExceptions,
            details.SkipReason, details.SkipType, details.SkipUnless, details.SkipWhen, TestIntrospectionHelper.GetTraits(testMethod, dataRow),
            testMethodArguments, details.SourceFilePath, details.SourceLineNumber, details.Timeout))]);
    }

    protected override ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForTheory(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, ITheoryAttribute theoryAttribute)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, theoryAttribute);
        return new([.. TestEngine.All.Select(engine => new EachEngineTheoryTestCase(
            engine, details.ResolvedTestMethod, details.TestCaseDisplayName, details.UniqueID, details.Explicit, theoryAttribute.SkipTestWithoutData,
            details.SkipExceptions, details.SkipReason, details.SkipType, details.SkipUnless, details.SkipWhen,
            TestIntrospectionHelper.GetTraits(testMethod, dataRow: null), details.SourceFilePath, details.SourceLineNumber, details.Timeout))]);
    }
}

/// <summary>A fact, or one row of a theory, on one engine.</summary>
internal sealed class EachEngineTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    private StorageProvider _engine;

    [Obsolete("Only the deserializer calls it.")]
    public EachEngineTestCase()
    {
    }

    public EachEngineTestCase(
        StorageProvider engine,
        IXunitTestMethod method,
        string name,
        string id,
        bool @explicit,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>> traits,
        object?[]? arguments,
        string? file,
        int? line,
        int timeout)
        : base(
            method, EngineRun.Name(name, engine), EngineRun.Id(id, engine), @explicit, skipExceptions, skipReason, skipType, skipUnless, skipWhen,
            EngineRun.Traits(traits, engine), arguments, file, line, timeout)
    {
        _engine = engine;
    }

    public ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        EngineRun.RunAsync(_engine, this, explicitOption, messageBus, constructorArguments, aggregator, cancellationTokenSource);

    protected override void Serialize(IXunitSerializationInfo info)
    {
        base.Serialize(info);
        EngineRun.Write(info, _engine);
    }

    protected override void Deserialize(IXunitSerializationInfo info)
    {
        base.Deserialize(info);
        _engine = EngineRun.Read(info);
    }
}

/// <summary>All rows of a theory on one engine. The rows are read when the test runs.</summary>
internal sealed class EachEngineTheoryTestCase : XunitDelayEnumeratedTheoryTestCase, ISelfExecutingXunitTestCase
{
    private StorageProvider _engine;

    [Obsolete("Only the deserializer calls it.")]
    public EachEngineTheoryTestCase()
    {
    }

    public EachEngineTheoryTestCase(
        StorageProvider engine,
        IXunitTestMethod method,
        string name,
        string id,
        bool @explicit,
        bool skipWithoutData,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>> traits,
        string? file,
        int? line,
        int timeout)
        : base(
            method, EngineRun.Name(name, engine), EngineRun.Id(id, engine), @explicit, skipWithoutData, skipExceptions, skipReason, skipType,
            skipUnless, skipWhen, EngineRun.Traits(traits, engine), file, line, timeout)
    {
        _engine = engine;
    }

    public ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        EngineRun.RunAsync(_engine, this, explicitOption, messageBus, constructorArguments, aggregator, cancellationTokenSource);

    protected override void Serialize(IXunitSerializationInfo info)
    {
        base.Serialize(info);
        EngineRun.Write(info, _engine);
    }

    protected override void Deserialize(IXunitSerializationInfo info)
    {
        base.Deserialize(info);
        _engine = EngineRun.Read(info);
    }
}

/// <summary>What both kinds of test case do.</summary>
file static class EngineRun
{
    private const string Key = "engine";

    public static string Name(string name, StorageProvider engine) => $"{name} [{TestEngine.Name(engine)}]";

    public static string Id(string id, StorageProvider engine) => $"{id}-{engine}";

    public static Dictionary<string, HashSet<string>> Traits(Dictionary<string, HashSet<string>> traits, StorageProvider engine) =>
        new(traits, StringComparer.OrdinalIgnoreCase) { ["Engine"] = [TestEngine.Name(engine)] };

    public static void Write(IXunitSerializationInfo info, StorageProvider engine) => info.AddValue(Key, engine.ToString());

    public static StorageProvider Read(IXunitSerializationInfo info) => Enum.Parse<StorageProvider>(info.GetValue<string>(Key)!);

    /// <summary>Runs the test case as xUnit does, with the ambient engine set.</summary>
    /// <remarks>The engine is set in this asynchronous method, so it reaches everything below and nothing beside it.</remarks>
    public static async ValueTask<RunSummary> RunAsync(
        StorageProvider engine,
        XunitTestCase testCase,
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        TestEngine.Use(engine);
        // xUnit turns what the aggregator has into the result: skipped, or failed.
        if (engine == StorageProvider.PostgreSql && testCase.SkipReason is null)
            aggregator.Run(PostgreSql.Require);
        var skipped = aggregator.ToException() is SkipException;
        var summary = await XunitRunnerHelper.RunXunitTestCase(
            testCase, messageBus, cancellationTokenSource, aggregator, explicitOption, constructorArguments);
        // It reports such a test case as skipped, but counts it as failed.
        if (skipped)
            (summary.Skipped, summary.Failed) = (summary.Failed, 0);
        return summary;
    }
}
