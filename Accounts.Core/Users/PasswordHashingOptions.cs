using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>How many passwords are hashed at a time, and how many may wait. Section <c>PasswordHashing</c>.</summary>
public sealed class PasswordHashingOptions
{
    /// <summary>
    /// Hashes that run at the same time. 0 (default): half of the machine's cores, at least 1, so that the others stay free for everything else.
    /// </summary>
    public int Concurrency { get; set; }

    /// <summary>
    /// Requests that may wait for each hash that runs at the same time: 16, about a second's work. Strangers have so many places, and people who are
    /// known have as many again. A request that finds no place is refused.
    /// </summary>
    public int WaitingPerHash { get; set; } = 16;

    /// <summary><see cref="Concurrency"/> as it is on this machine.</summary>
    internal int Threads => Concurrency > 0 ? Concurrency : Math.Max(1, Environment.ProcessorCount / 2);
}

internal sealed class PasswordHashingOptionsValidator : AbstractValidator<PasswordHashingOptions>
{
    public PasswordHashingOptionsValidator()
    {
        RuleFor(o => o.Concurrency).InclusiveBetween(0, 1000).WithMessage("must be between 0 and 1000.");
        RuleFor(o => o.WaitingPerHash).InclusiveBetween(0, 1000).WithMessage("must be between 0 and 1000.");
    }
}
