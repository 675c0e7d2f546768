using System.Globalization;
using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Core.Storage;

namespace Accounts.Web;

/// <summary>What the program does instead of starting, if its first argument names a command.</summary>
internal static class CommandLine
{
    private const string CopyFromSqlite = "copy-from-sqlite";

    /// <summary>
    /// Finds the command in the arguments. Settings stand behind it, or alone: <c>--Storage:Path=…</c>, <c>/urls …</c>, <c>urls=…</c>.
    /// </summary>
    /// <returns>The command to run; null to start.</returns>
    /// <exception cref="StartupException">There is no such command.</exception>
    public static Func<IServiceProvider, Task>? Find(string[] args) => args switch
    {
        [] or [['-' or '/', ..], ..] => null,
        [var setting, ..] when setting.Contains('=', StringComparison.Ordinal) => null,
        [CopyFromSqlite, ..] => CopyFromSqliteAsync,
        [var unknown, ..] => throw new StartupException($"There is no command {unknown}. Use {CopyFromSqlite}, or none to start the program."),
    };

    private static async Task CopyFromSqliteAsync(IServiceProvider services)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };

        var tables = await services.CopyFromSqliteAsync(new Lines(), interrupted.Token);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied {tables.Sum(table => table.Rows)} rows. Start the program with these settings; the file isn't used any more."));
    }

    /// <summary>Prints a line for each table. The runtime's own class would print them later, from other threads.</summary>
    private sealed class Lines : IProgress<CopiedTable>
    {
        public void Report(CopiedTable value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Name}: {value.Rows} rows"));
    }
}
