using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Accounts.Tests.Fixtures;

/// <summary>How the database runs one statement.</summary>
/// <param name="Statement">The statement, as it was sent.</param>
/// <param name="Steps">The plan's steps, one a line.</param>
/// <param name="Rows">How many rows it read in tables and indexes; null on SQLite, which doesn't say.</param>
/// <param name="Milliseconds">How long it ran.</param>
/// <param name="Problems">What reads or sorts more than it should.</param>
internal sealed partial record QueryPlan(
    string Statement, IReadOnlyList<string> Steps, long? Rows, double Milliseconds, IReadOnlyList<string> Problems)
{
    /// <summary>The tables that grow with the users.</summary>
    private static readonly string[] Growing =
        ["Users", "Sessions", "SupportCodes", "RefusedAttempts", "AuditEvents", "AuditDetails", "TrustedBrowsers"];

    /// <summary>Whether a step uses the index.</summary>
    public bool Uses(string index) => Steps.Any(step => step.Split(' ').Contains(index, StringComparer.Ordinal));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Milliseconds,8:F2} ms {(Rows is { } rows ? $"{rows,6} rows " : "")} {Short(Statement)}\n           {string.Join("\n           ", Steps)}");

    /// <summary>Reads the answer of SQLite's EXPLAIN QUERY PLAN.</summary>
    public static QueryPlan OfSqlite(string statement, IReadOnlyList<string> steps, double milliseconds)
    {
        // The result of a subquery is read whole.
        var problems = steps.Where(step => step.StartsWith("SCAN ", StringComparison.Ordinal)
            && step is not "SCAN CONSTANT ROW"
            && !steps.Contains(step.Replace("SCAN", "CO-ROUTINE", StringComparison.Ordinal), StringComparer.Ordinal)).ToList();
        // A range may be most of the table. The rows of one account, which are found by "=", may be sorted.
        if (steps.Any(step => step.Contains("USE TEMP B-TREE", StringComparison.Ordinal)))
        {
            problems.AddRange(steps.Where(
                step => step.StartsWith("SEARCH ", StringComparison.Ordinal) && !step.Contains("=?", StringComparison.Ordinal)));
        }

        return new QueryPlan(statement, steps, null, milliseconds, problems);
    }

    /// <summary>Reads the answer of PostgreSQL's EXPLAIN (ANALYZE, FORMAT JSON).</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="json">The answer.</param>
    /// <param name="most">How many rows one step may read.</param>
    public static QueryPlan OfPostgreSql(string statement, string json, long most)
    {
        using var document = JsonDocument.Parse(json);
        var answer = document.RootElement[0];
        List<string> steps = [], problems = [];
        var rows = Walk(answer.GetProperty("Plan"), 0, steps, problems, most);
        return new QueryPlan(statement, steps, rows, answer.GetProperty("Execution Time").GetDouble(), problems);
    }

    private static long Walk(JsonElement node, int depth, List<string> steps, List<string> problems, long most)
    {
        var (type, table) = (Text(node, "Node Type"), Text(node, "Relation Name"));
        var (index, condition) = (Text(node, "Index Name"), Text(node, "Index Cond"));
        var loops = Number(node, "Actual Loops");
        var reads = table.Length > 0 && type is not "ModifyTable";
        var read = reads
            ? loops * (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck"))
            : 0;
        var step = $"{type} {table} {index} {condition} filter {Text(node, "Filter")} rows {Number(node, "Actual Rows")} of {read}, {loops} times";
        steps.Add(new string(' ', 2 * depth) + step);
        var scans = type is "Seq Scan" && Growing.Contains(table, StringComparer.Ordinal);
        var walks = index.Length > 0 && condition.Length == 0 && loops > 0;
        if (scans || walks || read > most)
            problems.Add(step);
        if (node.TryGetProperty("Plans", out var plans))
            read += plans.EnumerateArray().Sum(plan => Walk(plan, depth + 1, steps, problems, most));
        return read;
    }

    private static string Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static long Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? (long)Math.Ceiling(value.GetDouble()) : 0;

    private static string Short(string statement)
    {
        var line = Spaces.Replace(statement, " ");
        return line.Length > 400 ? $"{line[..250]} … {line[^150..]}" : line;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Spaces { get; }
}

/// <summary>Asks the database for each statement's plan just before the statement runs: in the same transaction, with the same values.</summary>
/// <remarks>An interceptor of the context. It doesn't see the flush of activity, which is no command of Entity Framework's.</remarks>
internal sealed partial class QueryPlans : DbCommandInterceptor
{
    private readonly Lock _lock = new();
    private List<QueryPlan>? _plans;

    /// <summary>How many rows one step may read.</summary>
    public long Most { get; set; } = long.MaxValue;

    /// <summary>Returns the plans of all statements that an operation sends.</summary>
    public async Task<IReadOnlyList<QueryPlan>> OfAsync(Func<Task> operation)
    {
        List<QueryPlan> plans = [];
        lock (_lock)
            _plans = plans;
        await operation();
        lock (_lock)
            _plans = null;
        return plans;
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await ExplainAsync(command);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await ExplainAsync(command);
        return result;
    }

    private async Task ExplainAsync(DbCommand command)
    {
        List<QueryPlan>? plans;
        lock (_lock)
            plans = _plans;
        if (plans is null)
            return;

        var text = command.CommandText;
        // Entity Framework saves many rows with one command. An insertion has no plan.
        var statements = text.Split(";\n").Select(part => part.Trim())
            .Where(part => part.Length > 0 && !part.StartsWith("INSERT", StringComparison.Ordinal))
            .DistinctBy(part => Place.Replace(part, "@"), StringComparer.Ordinal);
        foreach (var statement in statements)
        {
            var plan = command is NpgsqlCommand
                ? QueryPlan.OfPostgreSql(statement, (await RunAsync(command, $"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"))[0], Most)
                : await ExplainSqliteAsync(command, statement);
            lock (_lock)
                plans.Add(plan);
        }

        command.CommandText = text;
    }

    private static async Task<QueryPlan> ExplainSqliteAsync(DbCommand command, string statement)
    {
        var steps = await RunAsync(command, $"EXPLAIN QUERY PLAN {statement}");
        var begun = Stopwatch.GetTimestamp();
        await RunAsync(command, statement);
        return QueryPlan.OfSqlite(statement, steps, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <summary>Runs a statement with the command's values and takes its effects back. Returns the last column.</summary>
    private static async Task<List<string>> RunAsync(DbCommand command, string statement)
    {
        var transaction = command.Transaction;
        if (transaction is not null)
            await transaction.SaveAsync("before");
        command.CommandText = statement;
        List<string> values = [];
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                values.Add(reader.GetValue(reader.FieldCount - 1).ToString()!);
        }

        if (transaction is not null)
            await transaction.RollbackAsync("before");
        return values;
    }

    [GeneratedRegex(@"@p\d+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Place { get; }
}
