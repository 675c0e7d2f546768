using Accounts.Core.Settings;
using Accounts.Core.Storage.PostgreSql;
using FluentValidation;

namespace Accounts.Core.Storage;

/// <summary>Where the data is stored. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    internal const string DefaultPath = "App_Data/accounts.db";

    /// <summary>The database engine. Default: <c>Sqlite</c>.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The SQLite file, relative to the content root. Default: <c>App_Data/accounts.db</c>, whose folder is created if missing.</summary>
    public string Path { get; set; } = DefaultPath;

    /// <summary>
    /// The PostgreSQL database: <c>Host=…;Database=…;Username=…;Password=…</c>. All keywords of Npgsql work. Required for PostgreSQL.
    /// </summary>
    [Secret]
    public string ConnectionString { get; set; } = "";
}

/// <summary>The supported database engines.</summary>
public enum StorageProvider
{
    /// <summary>A file beside the program. Nothing to install.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, version 15 or later.</summary>
    PostgreSql,
}

internal sealed class StorageOptionsValidator : AbstractValidator<StorageOptions>
{
    public StorageOptionsValidator()
    {
        RuleFor(o => o.Path).NotEmpty().WithMessage("must be the path of a file.").When(o => o.Provider == StorageProvider.Sqlite);
        RuleFor(o => o.ConnectionString).Empty().WithMessage("is for PostgreSQL. Set Storage:Provider to PostgreSql, or remove it.")
            .When(o => o.Provider == StorageProvider.Sqlite);
        RuleFor(o => o.ConnectionString).Must(text => PostgreSqlAddress.TryParse(text, out _))
            .WithMessage(
                "must look like Host=…;Database=…;Username=…;Password=…, with a host and a database. Quote a value that has a semicolon in it.")
            .When(o => o.Provider == StorageProvider.PostgreSql);
    }
}
