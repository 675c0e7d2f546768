using FluentValidation;

namespace Accounts.Core.SignIn;

/// <summary>How many wrong sign-in attempts are allowed. Section <c>SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>
    /// Wrong guesses at one account from unknown browsers, within the window: 10. Each browser that the account knows has its own 10.
    /// </summary>
    public int AttemptsPerAccount { get; set; } = 10;

    /// <summary>
    /// Wrong guesses from one address (for IPv6: one /64) by browsers that the account doesn't know, within the window: 50. Browsers that their
    /// account knows have half as many again, in a count of their own, which never refuses the first 3 of each. Registrations have as many, in a
    /// third count.
    /// </summary>
    public int AttemptsPerAddress { get; set; } = 50;

    /// <summary>Wrong guesses from one address by browsers that their accounts know. The limit is wider: few guess at their own accounts.</summary>
    internal int KnownAttemptsPerAddress => AttemptsPerAddress + (AttemptsPerAddress + 1) / 2;

    /// <summary>The window in which attempts are counted: 5 minutes.</summary>
    public TimeSpan AttemptWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a sign-in link works: 15 minutes.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a link for a new password works: 30 minutes.</summary>
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a link works that confirms an address: a new account's, or a new one of an account: 1 day.</summary>
    public TimeSpan ConfirmationLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long the owner of an account's old address can take it back: 7 days.</summary>
    public TimeSpan RestoreLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a code by email works: 10 minutes.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(10);
}

internal sealed class SignInOptionsValidator : AbstractValidator<SignInOptions>
{
    public SignInOptionsValidator()
    {
        RuleFor(o => o.AttemptsPerAccount).InclusiveBetween(1, 1000).WithMessage("must be between 1 and 1000.");
        RuleFor(o => o.AttemptsPerAddress).InclusiveBetween(1, 100_000).WithMessage("must be between 1 and 100000.");
        RuleFor(o => o.AttemptWindow).InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
            .WithMessage("must be between 1 second and 1 day.");
        RuleFor(o => o.LinkLifetime).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1))
            .WithMessage("must be between 1 minute and 1 hour.");
        RuleFor(o => o.ResetLifetime).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))
            .WithMessage("must be between 1 minute and 1 day.");
        RuleFor(o => o.ConfirmationLifetime).InclusiveBetween(TimeSpan.FromMinutes(5), TimeSpan.FromDays(7))
            .WithMessage("must be between 5 minutes and 7 days.");
        RuleFor(o => o.RestoreLifetime).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(30))
            .WithMessage("must be between 1 day and 30 days.");
        RuleFor(o => o.CodeLifetime).InclusiveBetween(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1))
            .WithMessage("must be between 1 minute and 1 hour.");
    }
}
