using FluentValidation;

namespace Accounts.Core.Sessions;

/// <summary>How long sessions last, in one word.</summary>
public enum SessionProfile
{
    /// <summary>As the timeouts say.</summary>
    Standard,

    /// <summary>At most 24 hours, and at most 1 hour without activity, remembered or not; timeouts that are shorter still hold.</summary>
    Strict,
}

/// <summary>How long sessions last, how many a person may have and how often their upkeep runs. Section <c>Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>Standard: the timeouts below hold as they are. Strict caps them at 24 hours and 1 hour (NIST SP 800-63B-4, AAL2).</summary>
    public SessionProfile Profile { get; set; } = SessionProfile.Standard;

    /// <summary>How long a remembered session lasts without activity: 28 days.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(28);

    /// <summary>The same for a session without "keep me signed in", whose cookie ends with the browser: 24 hours.</summary>
    public TimeSpan IdleTimeoutUnremembered { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long any session lasts at most, however active: 180 days; 400 days at most, because browsers keep no cookie longer.</summary>
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How many live sessions a person may have at once: 100. One more sign-in ends the session that was unused for longest. 0: no limit.</summary>
    public int MaximumPerUser { get; set; } = 100;

    /// <summary>How old the last proof of who somebody is may be for what ends other sessions: 10 minutes.</summary>
    public TimeSpan ReauthenticateAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the activity that was counted in memory is written: every 3 seconds.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often expired sessions are looked for and ended: every 30 seconds.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class SessionOptionsValidator : AbstractValidator<SessionOptions>
{
    public SessionOptionsValidator()
    {
        RuleFor(o => o.IdleTimeout).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)).WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.IdleTimeoutUnremembered).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)).WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.AbsoluteTimeout).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)).WithMessage("must be between 1 minute and 400 days.");
        RuleFor(o => o.AbsoluteTimeout).Must((o, absolute) => absolute >= o.IdleTimeout).WithMessage("must not be shorter than IdleTimeout.");
        RuleFor(o => o.MaximumPerUser).InclusiveBetween(0, 10_000).WithMessage("must be between 0 and 10000; 0 means no limit.");
        RuleFor(o => o.ReauthenticateAfter).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)).WithMessage("must be between 1 minute and 1 day.");
        RuleFor(o => o.FlushInterval).InclusiveBetween(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)).WithMessage("must be between 0.1 seconds and 1 minute.");
        RuleFor(o => o.SweepInterval).InclusiveBetween(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)).WithMessage("must be between 0.1 seconds and 10 minutes.");
    }
}
