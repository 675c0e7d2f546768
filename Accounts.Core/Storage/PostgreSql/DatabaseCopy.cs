using Accounts.Core.Settings;
using Accounts.Core.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Storage.PostgreSql;

/// <summary>Copies the SQLite file of an installation into its empty PostgreSQL database.</summary>
/// <remarks>
/// It holds both databases' process locks, so nothing changes meanwhile. One transaction copies all tables: either every row is there, or none.
/// The tables come from the model, so a new one is copied without a line here. Keys keep their values, so every cookie stays valid.
/// </remarks>
internal sealed class DatabaseCopy(
    StorageOptions options,
    ContentRoot root,
    IDatabaseStart start,
    IDbContextFactory<AccountsDbContext> contexts,
    DatabaseEngine engine,
    PostgreSqlAddress address,
    ILoggerFactory loggers)
{
    /// <summary>How many rows one round trip carries. It bounds the memory, too.</summary>
    private const int BatchRows = 1000;

    /// <summary>Copies all tables, and counts the rows on both sides before it commits.</summary>
    /// <exception cref="StartupException">Nothing was copied. The message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; nothing was copied.</exception>
    public async Task<IReadOnlyList<CopiedTable>> RunAsync(IProgress<CopiedTable>? progress, CancellationToken cancellationToken)
    {
        var file = new DatabaseFile(options, root);
        // A start would create it.
        if (!File.Exists(file.Path))
            throw new StartupException($"The database {file.Path} cannot be copied: there is no such file. Correct Storage:Path.");
        var files = new AccountsContexts(new SqliteEngine(file), loggers, []);
        using var fileStart = new SqliteStart(file, files, loggers.CreateLogger<SqliteStart>());
        fileStart.Open();
        start.Open();

        await using var source = files.CreateDbContext();
        await using var target = await contexts.CreateDbContextAsync(cancellationToken);
        target.MayWrite = true;
        target.ChangeTracker.AutoDetectChangesEnabled = false;
        // The program's few seconds are too short for a statement over a whole table.
        target.Database.SetCommandTimeout(TimeSpan.Zero);
        try
        {
            return await CopyAsync(source, target, progress, cancellationToken);
        }
        catch (CommitUnknownException unknown)
        {
            throw Refuse(
                "the connection broke at the last moment. Run this command again: if everything was copied, it says that there are rows.", unknown);
        }
        catch (Exception failure) when (engine.Find(failure) is not null)
        {
            var table = (failure as DbUpdateException)?.Entries.Select(entry => $"the table {entry.Metadata.GetTableName()}: ").FirstOrDefault();
            throw Refuse($"{table}{failure.GetBaseException().Message}. Nothing was copied. Correct the cause and run this command again.", failure);
        }
    }

    private async Task<List<CopiedTable>> CopyAsync(
        AccountsDbContext source, AccountsDbContext target, IProgress<CopiedTable>? progress, CancellationToken cancellationToken)
    {
        await using var transaction = await target.Database.BeginTransactionAsync(cancellationToken);
        // A start of the program has added this row, if there was one. The copy has a row of its own.
        await target.Database.ExecuteSqlRawAsync("""DELETE FROM "Installation" WHERE "Epoch" = 0""", cancellationToken);
        var tables = InOrderOfReferences(target.Model).Select(Table.Of).ToList();
        foreach (var table in tables)
        {
            if (await table.CountAsync(target, cancellationToken) is > 0 and var rows)
                throw Refuse($"its table {table.Name} has rows already ({rows}). Use an empty database, or start Accounts if this is the copy.");
        }

        var copied = new List<CopiedTable>(tables.Count);
        foreach (var table in tables)
        {
            await table.CopyAsync(source, target, cancellationToken);
            var result = new CopiedTable(table.Name, await table.CountAsync(target, cancellationToken));
            if (await table.CountAsync(source, cancellationToken) is var expected && expected != result.Rows)
                throw Refuse($"{result.Rows} of {expected} rows of the table {table.Name} arrived. Nothing was copied. Run this command again.");
            copied.Add(result);
            progress?.Report(result);
        }

        await engine.CommitAsync(target, transaction);
        return copied;
    }

    /// <summary>The tables, each one after those that its foreign keys refer to.</summary>
    private static List<IEntityType> InOrderOfReferences(IModel model)
    {
        var left = model.GetEntityTypes().Where(type => !type.IsOwned()).ToList();
        var ordered = new List<IEntityType>(left.Count);
        while (left.Count > 0)
        {
            var next = left.Find(type => !type.GetForeignKeys().Any(key => key.PrincipalEntityType != type && left.Contains(key.PrincipalEntityType)))
                ?? throw new InvalidOperationException(
                    $"Tables refer to each other in a circle: {string.Join(", ", left.Select(type => type.Name))}");
            left.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    private StartupException Refuse(string why, Exception? inner = null) => new($"Cannot copy to the database {address.Name}: {why}", inner);

    /// <summary>Copies one table. Its class is only known from the model.</summary>
    private abstract class Table(IEntityType type)
    {
        public string Name { get; } = type.GetTableName()!;

        public static Table Of(IEntityType type) => (Table)Activator.CreateInstance(typeof(Table<>).MakeGenericType(type.ClrType), type)!;

        public abstract Task<long> CountAsync(AccountsDbContext db, CancellationToken cancellationToken);

        public async Task CopyAsync(AccountsDbContext source, AccountsDbContext target, CancellationToken cancellationToken)
        {
            await CopyRowsAsync(source, target, cancellationToken);
            // The server counts up from the highest copied value.
            var counted = type.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.OnAdd && property.ClrType == typeof(int));
            foreach (var column in counted)
            {
                var sql = $"""
                    SELECT setval(pg_get_serial_sequence('"{Name}"', '{column.GetColumnName()}'), max("{column.GetColumnName()}")) FROM "{Name}"
                    """;
                await target.Database.ExecuteSqlRawAsync(sql, cancellationToken);
            }

            // Without it, the server plans its first queries for an empty table.
            var analyze = $"ANALYZE \"{Name}\"";
            await target.Database.ExecuteSqlRawAsync(analyze, cancellationToken);
        }

        protected abstract Task CopyRowsAsync(AccountsDbContext source, AccountsDbContext target, CancellationToken cancellationToken);
    }

    private sealed class Table<T>(IEntityType type) : Table(type)
        where T : class
    {
        public override Task<long> CountAsync(AccountsDbContext db, CancellationToken cancellationToken) =>
            db.Set<T>().LongCountAsync(cancellationToken);

        protected override async Task CopyRowsAsync(AccountsDbContext source, AccountsDbContext target, CancellationToken cancellationToken)
        {
            await foreach (var rows in source.Set<T>().AsNoTracking().AsAsyncEnumerable().Chunk(BatchRows).WithCancellation(cancellationToken))
            {
                target.AddRange(rows);
                await target.SaveChangesAsync(cancellationToken);
                target.ChangeTracker.Clear();
            }
        }
    }
}
