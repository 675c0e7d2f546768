using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>What somebody enters to sign in with a password.</summary>
public sealed class SignInInput
{
    public string Email { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>"Keep me signed in".</summary>
    public bool Remember { get; set; }
}

internal sealed class SignInInputValidator : AbstractValidator<SignInInput>
{
    public SignInInputValidator()
    {
        RuleFor(i => i.Email).MustBeEmail();
        RuleFor(i => i.Password).MustBeGivenPassword("Enter your password.");
    }
}

/// <summary>How a sign-in came out.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record SignedIn(StartedSession Session) : SignInOutcome;

    /// <summary>The address has no account, or the password is not its password: the same answer, after the same hashing.</summary>
    public sealed record WrongCredentials : SignInOutcome;

    /// <summary>Too many attempts; nothing was checked.</summary>
    public sealed record Throttled(TimeSpan Wait) : SignInOutcome;

    /// <summary>Too many passwords wait to be hashed; nothing was checked.</summary>
    /// <param name="Wait">How long those that are ahead will take.</param>
    public sealed record Busy(TimeSpan Wait) : SignInOutcome;

    public sealed record Invalid(IReadOnlyList<InputError> Errors) : SignInOutcome;
}

/// <summary>Signs people in with their password.</summary>
public sealed partial class PasswordSignIn
{
    private readonly AccountsDatabase _database;
    private readonly SessionStarter _starter;
    private readonly SignInThrottle _throttle;
    private readonly PasswordHashing _hashing;
    private readonly ILookupNormalizer _normalizer;
    private readonly IValidator<SignInInput> _rules;
    private readonly ILogger<PasswordSignIn> _logger;

    internal PasswordSignIn(
        AccountsDatabase database,
        SessionStarter starter,
        SignInThrottle throttle,
        PasswordHashing hashing,
        ILookupNormalizer normalizer,
        IValidator<SignInInput> rules,
        ILogger<PasswordSignIn> logger)
    {
        _database = database;
        _starter = starter;
        _throttle = throttle;
        _hashing = hashing;
        _normalizer = normalizer;
        _rules = rules;
        _logger = logger;
    }

    /// <summary>Checks the password and starts a session.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the password was checked; nothing started.</exception>
    public async Task<SignInOutcome> SignInAsync(Client client, SignInInput input, CancellationToken cancellationToken = default)
    {
        if (_rules.Check(input) is { } errors)
            return new SignInOutcome.Invalid(errors);

        var normalized = _normalizer.NormalizeEmail(input.Email);
        var browser = client.Browser.Hash();
        var (user, known) = await _database.ReadAsync(async db =>
        {
            var found = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == normalized);
            return (found, found is not null && await db.Sessions.AnyAsync(s => s.UserId == found.Id && s.BrowserHash == browser));
        });

        // A refusal for want of a place is no attempt: it comes before the count.
        using var place = _hashing.TryEnter(known ? HashPriority.Known : HashPriority.Stranger, out var busy);
        if (place is null)
            return new SignInOutcome.Busy(busy);
        if ((known ? _throttle.TryKnown(normalized, browser) : _throttle.TryStranger(normalized, client.Address)) is { } wait)
        {
            Log.Throttled(_logger, user?.Id);
            return new SignInOutcome.Throttled(wait);
        }

        if (!await place.VerifyAsync(user, input.Password, cancellationToken) || user is null)
        {
            Log.Refused(_logger, user?.Id);
            return new SignInOutcome.WrongCredentials();
        }

        // Null: the password was changed, or everything was ended, while we looked. What was entered is then no longer enough.
        var proof = new VerifiedUser(new UserId(user.Id), user.SecurityStamp!, SignInMethod.Password);
        return await _starter.StartAsync(client, proof, input.Remember) is { } session
            ? new SignInOutcome.SignedIn(session)
            : new SignInOutcome.WrongCredentials();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A sign-in was refused: wrong password or unknown address (account {UserId})")]
        public static partial void Refused(ILogger logger, Guid? userId);

        [LoggerMessage(2, LogLevel.Warning, "A sign-in was refused: too many attempts (account {UserId})")]
        public static partial void Throttled(ILogger logger, Guid? userId);
    }
}
