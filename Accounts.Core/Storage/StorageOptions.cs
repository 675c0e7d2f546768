using FluentValidation;

namespace Accounts.Core.Storage;

/// <summary>Where the data is stored. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    internal const string DefaultPath = "App_Data/accounts.db";

    /// <summary>The database engine. Only <c>Sqlite</c> is supported.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The SQLite file, relative to the content root. Default: <c>App_Data/accounts.db</c>, whose folder is created if missing.</summary>
    public string Path { get; set; } = DefaultPath;
}

/// <summary>The supported database engines.</summary>
public enum StorageProvider
{
    Sqlite,
}

internal sealed class StorageOptionsValidator : AbstractValidator<StorageOptions>
{
    public StorageOptionsValidator()
    {
        RuleFor(o => o.Path).NotEmpty().WithMessage("must be the path of a file.");
    }
}
