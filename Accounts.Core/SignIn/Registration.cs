using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.SignIn;

/// <summary>The outcome of a registration with sign-in.</summary>
public abstract record RegistrationOutcome
{
    private RegistrationOutcome()
    {
    }

    /// <summary>The account exists, and this browser is signed in to it.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : RegistrationOutcome;

    /// <summary>The email already has an account with another password. Nothing was changed.</summary>
    public sealed record EmailTaken : RegistrationOutcome;

    /// <summary>Too many attempts from this address.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : RegistrationOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : RegistrationOutcome;

    /// <summary>The input breaks a rule. Nothing was checked or changed.</summary>
    /// <param name="Errors">What is wrong, field by field; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RegistrationOutcome;
}

/// <summary>Creates an account and signs the user in, as one step.</summary>
public sealed class Registration
{
    private readonly UserService _users;
    private readonly PasswordSignIn _signIn;
    private readonly SessionStarter _starter;
    private readonly PasswordHashing _hashing;
    private readonly SignInThrottle _throttle;

    internal Registration(UserService users, PasswordSignIn signIn, SessionStarter starter, PasswordHashing hashing, SignInThrottle throttle)
    {
        _users = users;
        _signIn = signIn;
        _starter = starter;
        _hashing = hashing;
        _throttle = throttle;
    }

    /// <summary>Creates the account and starts a session. If the browser posts the form twice, both posts sign the user in.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The account may exist; then signing in to it works.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before the password was hashed; there is no account.</exception>
    public async Task<RegistrationOutcome> RegisterAsync(CallingBrowser browser, RegisterInput input, CancellationToken cancellationToken = default)
    {
        using var place = _hashing.TryEnter(HashPriority.Stranger, out var busy, input.Password);
        if (place is null)
            return new RegistrationOutcome.Busy(busy);
        // Every answer reveals whether an email has an account, and costs a hash. So attempts are limited.
        using var attempt = _throttle.TryRegistration(browser.Address, out var wait);
        if (attempt is null)
            return new RegistrationOutcome.Throttled(wait);

        switch (await _users.RegisterAsync(place, browser, input, cancellationToken))
        {
            case RegisterOutcome.Invalid { Errors: var errors }:
                return new RegistrationOutcome.Invalid(errors);
            case RegisterOutcome.Registered { UserId: var person, Stamp: var stamp }:
                attempt.Keep();
                var verified = new VerifiedUser(person, stamp, SignInMethods.Password);
                var first = await _starter.StartAsync(browser, verified, remember: false, CancellationToken.None);
                if (first is StartOutcome.Started { Session: var own })
                    return new RegistrationOutcome.SignedIn(own);
                break;
        }

        var credentials = new SignInInput { Email = input.Email, Password = input.Password };
        var outcome = await _signIn.SignInAsync(place, browser, credentials, cancellationToken);
        // The same form twice. It reveals nothing that its sender didn't know.
        if (outcome is SignInOutcome.SignedIn { Session: var session })
            return new RegistrationOutcome.SignedIn(session);

        attempt.Keep();
        return outcome is SignInOutcome.Throttled { Wait: var later }
            ? new RegistrationOutcome.Throttled(later)
            : new RegistrationOutcome.EmailTaken();
    }
}
