using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Sessions;

/// <summary>What a person wants to call one of their sessions.</summary>
public sealed class RenameSessionInput
{
    /// <summary>Characters.</summary>
    public const int NameLimit = 60;

    /// <summary>Empty: no name of its own.</summary>
    public string Name { get; set; } = "";
}

/// <summary>How a renaming came out.</summary>
public abstract record RenameOutcome
{
    /// <summary>It has this name now; null: none of its own.</summary>
    public sealed record Renamed(string? Name) : RenameOutcome;

    /// <summary>The name cannot be. Nothing changed.</summary>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RenameOutcome;

    /// <summary>It is over, or not the caller's, or the caller's own session is over. Nothing changed.</summary>
    public sealed record NotLive : RenameOutcome;
}

internal sealed class RenameSessionInputValidator : AbstractValidator<RenameSessionInput>
{
    public RenameSessionInputValidator() => RuleFor(i => i.Name).Cascade(CascadeMode.Stop)
        .MaximumLength(RenameSessionInput.NameLimit).Says(InputProblem.TooLong, RenameSessionInput.NameLimit)
        .Must(name => !name.Any(char.IsControl)).Says(InputProblem.LineBreaks);
}
