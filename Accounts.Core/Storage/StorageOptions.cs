using FluentValidation;

namespace Accounts.Core.Storage;

/// <summary>Where the data lives. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    internal const string DefaultPath = "App_Data/accounts.db";

    /// <summary>The engine. <c>Sqlite</c> is the only one so far.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The SQLite file; relative to the content root. The default is <c>App_Data/accounts.db</c>, whose folder is created when missing.</summary>
    public string Path { get; set; } = DefaultPath;
}

/// <summary>An engine that can hold the data.</summary>
public enum StorageProvider
{
    Sqlite,
}

internal sealed class StorageOptionsValidator : AbstractValidator<StorageOptions>
{
    public StorageOptionsValidator()
    {
        RuleFor(o => o.Path).NotEmpty().WithMessage("must name a file.");
    }
}
