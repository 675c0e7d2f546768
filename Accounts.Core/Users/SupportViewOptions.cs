using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>How long support may view an account, and what it sees. Section <c>SupportViews</c>.</summary>
public sealed class SupportViewOptions
{
    /// <summary>How long a view lasts at most: 30 minutes.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether a view shows the account's email as <c>a•••@e•••.test</c>. Default: false.</summary>
    public bool MaskEmail { get; set; }
}

internal sealed class SupportViewOptionsValidator : AbstractValidator<SupportViewOptions>
{
    public SupportViewOptionsValidator() =>
        RuleFor(o => o.Duration).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30))
            .WithMessage("must be between 1 and 30 minutes.");
}
