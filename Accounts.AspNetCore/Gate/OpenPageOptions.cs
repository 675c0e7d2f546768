using FluentValidation;

namespace Accounts.AspNetCore.Gate;

/// <summary>How much one user may hold open. Section <c>OpenPages</c>. A page counts while it has a connection or a circuit.</summary>
public sealed class OpenPageOptions
{
    /// <summary>Pages that one session may have open: 50. Each costs the server a few hundred kilobytes.</summary>
    public int PerSession { get; set; } = 50;

    /// <summary>Pages that all sessions of one user together may have open: 200.</summary>
    public int PerUser { get; set; } = 200;

    /// <summary>Root components that one page may have: 100. A page has one for each place where it becomes interactive.</summary>
    public int ComponentsPerPage { get; set; } = 100;

    /// <summary>Root components that all pages of one session together may have: 300. Each does work when something changes that it shows.</summary>
    public int ComponentsPerSession { get; set; } = 300;

    /// <summary>Root components that all pages of one user together may have: 1,000.</summary>
    public int ComponentsPerUser { get; set; } = 1_000;
}

internal sealed class OpenPageOptionsValidator : AbstractValidator<OpenPageOptions>
{
    public OpenPageOptionsValidator()
    {
        RuleFor(o => o.PerSession).InclusiveBetween(1, 10_000).WithMessage("must be between 1 and 10000.");
        RuleFor(o => o.PerUser).InclusiveBetween(1, 100_000).WithMessage("must be between 1 and 100000.");
        RuleFor(o => o.ComponentsPerPage).InclusiveBetween(1, 10_000).WithMessage("must be between 1 and 10000.");
        RuleFor(o => o.ComponentsPerSession).InclusiveBetween(1, 100_000).WithMessage("must be between 1 and 100000.");
        RuleFor(o => o.ComponentsPerUser).InclusiveBetween(1, 1_000_000).WithMessage("must be between 1 and 1000000.");
    }
}
