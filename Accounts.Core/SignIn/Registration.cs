using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.SignIn;

/// <summary>How a registration at the page came out.</summary>
public abstract record RegistrationOutcome
{
    private RegistrationOutcome()
    {
    }

    /// <summary>The account is made, and this browser is signed in to it.</summary>
    public sealed record SignedIn(StartedSession Session) : RegistrationOutcome;

    /// <summary>The address has an account, and the password is not its password. Nothing was changed.</summary>
    public sealed record EmailTaken : RegistrationOutcome;

    /// <summary>Too many attempts from this address.</summary>
    public sealed record Throttled(TimeSpan Wait) : RegistrationOutcome;

    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RegistrationOutcome;
}

/// <summary>Makes an account and signs its person in, as one step.</summary>
public sealed class Registration
{
    private readonly UserService _users;
    private readonly PasswordSignIn _signIn;
    private readonly SignInThrottle _throttle;

    internal Registration(UserService users, PasswordSignIn signIn, SignInThrottle throttle)
    {
        _users = users;
        _signIn = signIn;
        _throttle = throttle;
    }

    /// <summary>Makes the account and starts a session. Whoever posts the form twice has the account and knows its password: both posts end signed in.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. If the account was made already, signing in to it works.</exception>
    public async Task<RegistrationOutcome> RegisterAsync(Client client, RegisterInput input)
    {
        // An answer says whether an address has an account, and costs the hashing of a password: not without limit.
        if (_throttle.TryAddress(client.Address) is { } wait)
            return new RegistrationOutcome.Throttled(wait);

        if (await _users.RegisterAsync(client, input) is RegisterOutcome.Invalid { Errors: var errors })
            return new RegistrationOutcome.Invalid(errors);

        return await _signIn.SignInAsync(client, new SignInInput { Email = input.Email, Password = input.Password }) switch
        {
            SignInOutcome.SignedIn { Session: var session } => new RegistrationOutcome.SignedIn(session),
            SignInOutcome.Throttled { Wait: var later } => new RegistrationOutcome.Throttled(later),
            _ => new RegistrationOutcome.EmailTaken(),
        };
    }
}
