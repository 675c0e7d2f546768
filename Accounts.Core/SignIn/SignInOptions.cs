using FluentValidation;

namespace Accounts.Core.SignIn;

/// <summary>How many attempts to sign in are let through. Section <c>SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>Attempts on one account from browsers that it does not know, within the window: 10. A browser that the account knows has as many of its own.</summary>
    public int AttemptsPerAccount { get; set; } = 10;

    /// <summary>Attempts from one address (of IPv6: one /64) by browsers that the account does not know, within the window: 50.</summary>
    public int AttemptsPerAddress { get; set; } = 50;

    /// <summary>The window: 5 minutes.</summary>
    public TimeSpan AttemptWindow { get; set; } = TimeSpan.FromMinutes(5);
}

internal sealed class SignInOptionsValidator : AbstractValidator<SignInOptions>
{
    public SignInOptionsValidator()
    {
        RuleFor(o => o.AttemptsPerAccount).InclusiveBetween(1, 1000).WithMessage("must be between 1 and 1000.");
        RuleFor(o => o.AttemptsPerAddress).InclusiveBetween(1, 100_000).WithMessage("must be between 1 and 100000.");
        RuleFor(o => o.AttemptWindow).InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)).WithMessage("must be between 1 second and 1 day.");
    }
}
