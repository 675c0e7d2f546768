using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>How many passwords are hashed at a time, and how many may wait. Section <c>PasswordHashing</c>.</summary>
public sealed class PasswordHashingOptions
{
    /// <summary>
    /// Concurrent hashes. 0, the default: half of the machine's cores, at least 1. The other cores stay free for other work.
    /// </summary>
    public int Concurrency { get; set; }

    /// <summary>
    /// Requests that may wait per concurrent hash: 16, about a second's work. Strangers and known users each have this many places. A request
    /// without a place is refused.
    /// </summary>
    public int WaitingPerHash { get; set; } = 16;

    /// <summary>The number of hashing threads on this machine; see <see cref="Concurrency"/>.</summary>
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
