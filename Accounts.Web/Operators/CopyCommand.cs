using System.CommandLine;
using System.Globalization;
using Accounts.Core.Storage;

namespace Accounts.Web.Operators;

/// <summary>Moves the installation from its SQLite file to PostgreSQL.</summary>
internal static class CopyCommand
{
    public static Command Describe(Installation installation)
    {
        var command = new ExplainedCommand("copy-to-postgresql", "Moves the installation from its SQLite file to PostgreSQL.", """
            It copies the file at Storage:Path into the empty database at Storage:ConnectionString.
            Stop the program first. Everything is copied, or nothing. Everyone stays signed in.

            Example:
              accounts copy-to-postgresql --Storage:Provider=PostgreSql "--Storage:ConnectionString=Host=localhost;Database=accounts"
            """);
        command.SetAction((_, cancellationToken) => CopyAsync(installation, cancellationToken));
        return command;
    }

    private static async Task<int> CopyAsync(Installation installation, CancellationToken cancellationToken)
    {
        await using var app = installation.Build();
        var tables = await app.Services.CopyToPostgreSqlAsync(new Lines(), cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied {tables.Sum(table => table.Rows)} rows. Start the program with these settings; the file isn't used any more."));
        return 0;
    }

    /// <summary>Prints a line for each table. The runtime's own class would print them later, from other threads.</summary>
    private sealed class Lines : IProgress<CopiedTable>
    {
        public void Report(CopiedTable value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Name}: {value.Rows} rows"));
    }
}
