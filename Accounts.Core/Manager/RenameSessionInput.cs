using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Manager;

/// <summary>The form for renaming a session.</summary>
public sealed class RenameSessionInput
{
    /// <summary>Maximum length of a name, in characters as a reader counts them.</summary>
    public const int NameLimit = 60;

    internal const int NameUnits = NameLimit * TypedText.UnitsPerCharacter;

    /// <summary>The new name. Empty removes the name.</summary>
    public string Name { get; set; } = "";
}

/// <summary>The outcome of renaming a session.</summary>
public abstract record RenameOutcome
{
    private RenameOutcome()
    {
    }

    /// <summary>The session is renamed.</summary>
    /// <param name="Name">The name that it has now; null if it has none.</param>
    public sealed record Renamed(string? Name) : RenameOutcome;

    /// <summary>The name is invalid. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RenameOutcome;

    /// <summary>The session has ended, isn't the caller's, or the caller's own session has ended. Nothing changed.</summary>
    public sealed record NotLive : RenameOutcome;
}

internal sealed class RenameSessionInputValidator : AbstractValidator<RenameSessionInput>
{
    public RenameSessionInputValidator() => RuleFor(i => i.Name).Cascade(CascadeMode.Stop)
        .MustFit(RenameSessionInput.NameLimit)
        .MustBeOneLine();
}
