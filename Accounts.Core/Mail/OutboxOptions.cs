using FluentValidation;

namespace Accounts.Core.Mail;

/// <summary>How many emails a recipient may get, and how long sending is tried. Section <c>Outbox</c>.</summary>
public sealed class OutboxOptions
{
    /// <summary>
    /// Links that one recipient may get in an hour, which anybody can ask for: 10. What the recipient asks for in a session has as many, in a count
    /// of its own. More are dropped.
    /// </summary>
    public int LinksPerHour { get; set; } = 10;

    /// <summary>
    /// Notices that one recipient may get in an hour: 20. More are dropped; the audit log has what they would tell. Those about what can be undone
    /// are always sent.
    /// </summary>
    public int NoticesPerHour { get; set; } = 20;

    /// <summary>How long to try to send a notice that the mail server puts off: 1 day. A link is tried until it expires.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);
}

internal sealed class OutboxOptionsValidator : AbstractValidator<OutboxOptions>
{
    public OutboxOptionsValidator()
    {
        RuleFor(o => o.LinksPerHour).InclusiveBetween(1, 1000).WithMessage("must be between 1 and 1000.");
        RuleFor(o => o.NoticesPerHour).InclusiveBetween(1, 1000).WithMessage("must be between 1 and 1000.");
        RuleFor(o => o.GiveUpAfter).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(7))
            .WithMessage("must be between 1 minute and 7 days.");
    }
}
