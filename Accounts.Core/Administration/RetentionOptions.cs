using FluentValidation;

namespace Accounts.Core.Administration;

/// <summary>How long data is kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long to keep a whole IP address after the activity that it belongs to: 90 days. Then it is shortened.</summary>
    public TimeSpan Addresses { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long to keep a session after its end: 400 days. Then its row is removed; its audit events stay.</summary>
    public TimeSpan EndedSessions { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long to keep a refused sign-in or proof: 90 days.</summary>
    public TimeSpan RefusedAttempts { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long to keep what became of an email: 7 days. It keeps a hash of the recipient's address, and nothing of what the email told.
    /// </summary>
    public TimeSpan Emails { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long to keep an account after somebody has deleted it: 14 days. Until then it can be taken back. Then its personal data is erased.
    /// </summary>
    public TimeSpan DeletedAccounts { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How often to look for data that is due: every hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}

internal sealed class RetentionOptionsValidator : AbstractValidator<RetentionOptions>
{
    public RetentionOptionsValidator()
    {
        RuleFor(o => o.Addresses).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650)).WithMessage("must be between 1 day and 3650 days.");
        RuleFor(o => o.EndedSessions).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650))
            .WithMessage("must be between 1 day and 3650 days.");
        RuleFor(o => o.RefusedAttempts).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650))
            .WithMessage("must be between 1 day and 3650 days.");
        RuleFor(o => o.Emails).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650)).WithMessage("must be between 1 day and 3650 days.");
        RuleFor(o => o.DeletedAccounts).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(90))
            .WithMessage("must be between 1 day and 90 days.");
        RuleFor(o => o.Interval).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)).WithMessage("must be between 1 minute and 1 day.");
    }
}
