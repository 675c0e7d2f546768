using FluentValidation;

namespace Accounts.Core.Sessions;

/// <summary>A preset for the sessions' timeouts.</summary>
public enum SessionProfile
{
    /// <summary>The timeouts apply as configured.</summary>
    Standard,

    /// <summary>At most 24 hours, and at most 1 hour without activity, remembered or not. Shorter timeouts still apply.</summary>
    Strict,
}

/// <summary>How long sessions last, how many a user may have, and how often they are maintained. Section <c>Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>Standard, the default, applies the timeouts below. Strict caps them at 24 hours and 1 hour (NIST SP 800-63B-4, AAL2).</summary>
    public SessionProfile Profile { get; set; } = SessionProfile.Standard;

    /// <summary>How long a remembered session lasts without activity: 28 days.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(28);

    /// <summary>The same without "Keep me signed in", where the cookie ends with the browser: 24 hours.</summary>
    public TimeSpan IdleTimeoutUnremembered { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long any session lasts, whatever the activity: 180 days. At most 400 days, because browsers keep no cookie longer.</summary>
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How many live sessions a user may have: 100. One more sign-in ends the session unused for longest. 0 means no limit.</summary>
    public int MaximumPerUser { get; set; } = 100;

    /// <summary>How recently a user must have entered their password to end other sessions: 10 minutes.</summary>
    public TimeSpan ReauthenticateAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often to write buffered activity to the database: every 3 seconds.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often to end expired sessions: every 30 seconds.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class SessionOptionsValidator : AbstractValidator<SessionOptions>
{
    public SessionOptionsValidator()
    {
        RuleFor(o => o.IdleTimeout).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))
            .WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.IdleTimeoutUnremembered).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))
            .WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.AbsoluteTimeout).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))
            .WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.AbsoluteTimeout).Must((o, absolute) => absolute >= o.IdleTimeout).WithMessage("must not be shorter than IdleTimeout.");
        RuleFor(o => o.MaximumPerUser).InclusiveBetween(0, 10_000).WithMessage("must be between 0 and 10000; 0 means no limit.");
        RuleFor(o => o.ReauthenticateAfter).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))
            .WithMessage("must be between 1 minute and 1 day.");
        RuleFor(o => o.FlushInterval).InclusiveBetween(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
            .WithMessage("must be between 0.1 seconds and 1 minute.");
        RuleFor(o => o.SweepInterval).InclusiveBetween(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10))
            .WithMessage("must be between 0.1 seconds and 10 minutes.");
    }
}
