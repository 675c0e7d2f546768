using FluentValidation;

namespace Accounts.Core.Administration;

/// <summary>How long data is kept whole, and at all. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long an IP address is kept whole, from the act that it is known from: 90 days. Then it is shortened.</summary>
    public TimeSpan Addresses { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a session is kept after its end: 400 days. Then its row is removed; the audit events about it stay.</summary>
    public TimeSpan EndedSessions { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How often what is due is looked for: every hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}

internal sealed class RetentionOptionsValidator : AbstractValidator<RetentionOptions>
{
    public RetentionOptionsValidator()
    {
        RuleFor(o => o.Addresses).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650)).WithMessage("must be from 1 day to 3650 days.");
        RuleFor(o => o.EndedSessions).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650)).WithMessage("must be from 1 day to 3650 days.");
        RuleFor(o => o.Interval).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)).WithMessage("must be from 1 minute to 1 day.");
    }
}
