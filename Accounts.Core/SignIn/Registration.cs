using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;

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

/// <summary>The form that asks for a link with which an account is made.</summary>
public sealed class RegisterByEmailInput
{
    /// <summary>The name that pages show: 1 to 100 characters, as a reader counts them.</summary>
    public string Name { get; set; } = "";

    /// <summary>The email.</summary>
    public string Email { get; set; } = "";
}

internal sealed class RegisterByEmailInputValidator : AbstractValidator<RegisterByEmailInput>
{
    public RegisterByEmailInputValidator()
    {
        RuleFor(i => i.Name).MustBeName();
        RuleFor(i => i.Email).MustBeEmail();
    }
}

/// <summary>The form of a page that a registration link opens.</summary>
public sealed class ConfirmRegistrationInput
{
    /// <summary>The password, of <see cref="InputRules.PasswordMinimum"/> to <see cref="InputRules.PasswordMaximum"/> characters.</summary>
    public string Password { get; set; } = "";
}

/// <summary>An account that its link will make.</summary>
/// <param name="Name">The name.</param>
/// <param name="Email">The email.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Device">The device that asked: "Chrome 156 on Windows 11".</param>
/// <param name="Place">Where that device was, as far as its address says.</param>
/// <param name="IsSameBrowser">Whether the browser that opens the link asked for it.</param>
/// <param name="ReturnTo">The page that was asked for before, as the request gave it; null if none.</param>
public sealed record PendingRegistration(
    string Name, string Email, DateTimeOffset AskedAt, string Device, Place Place, bool IsSameBrowser, string? ReturnTo);

/// <summary>The outcome of a registration with a link.</summary>
public abstract record ConfirmRegistrationOutcome
{
    private ConfirmRegistrationOutcome()
    {
    }

    /// <summary>The account exists, its email is confirmed, and this browser is signed in to it.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : ConfirmRegistrationOutcome;

    /// <summary>
    /// The link is no longer good: it was used, has expired, or the email got an account in another way. Sign in, or ask for a new one.
    /// </summary>
    public sealed record Expired : ConfirmRegistrationOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked, and the link is still good.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : ConfirmRegistrationOutcome;

    /// <summary>The input breaks a rule. Nothing changed, and the link is still good.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : ConfirmRegistrationOutcome;
}

/// <summary>Creates an account and signs the user in.</summary>
/// <remarks>
/// An application that sends emails asks for the address first, and the password is chosen by whoever opens the link. So nobody learns whether an
/// address has an account, and nobody prepares an account for somebody else's address, with a password that they know.
/// </remarks>
public sealed class Registration
{
    private static readonly RegisterByEmailInputValidator Rules = new();

    private readonly UserService _users;
    private readonly PasswordSignIn _signIn;
    private readonly SessionStarter _starter;
    private readonly PasswordHashing _hashing;
    private readonly SignInThrottle _throttle;
    private readonly AccountsDatabase _database;
    private readonly EmailRequests _requests;
    private readonly PlaceFinder _places;
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;

    internal Registration(
        UserService users,
        PasswordSignIn signIn,
        SessionStarter starter,
        PasswordHashing hashing,
        SignInThrottle throttle,
        AccountsDatabase database,
        EmailRequests requests,
        PlaceFinder places,
        SignInOptions options,
        TimeProvider time)
    {
        _database = database;
        _requests = requests;
        _places = places;
        _options = options;
        _time = time;
        _users = users;
        _signIn = signIn;
        _starter = starter;
        _hashing = hashing;
        _throttle = throttle;
    }

    /// <summary>Whether accounts are made with a link by email: whether the application sends emails.</summary>
    public bool ConfirmsEmail => _requests.AreTaken;

    /// <summary>
    /// Asks for a link with which the account is made. It answers the same, and does the same, whether or not the email has an account.
    /// </summary>
    /// <param name="browser">The browser that asks.</param>
    /// <param name="input">The name and the email.</param>
    /// <param name="returnTo">The page to open after the sign-in; null for none. The core only keeps it.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="InvalidOperationException">The application sends no emails.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was asked for.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; nothing was asked for.</exception>
    public async Task<EmailRequestOutcome> AskAsync(
        CallingBrowser browser, RegisterByEmailInput input, string? returnTo, CancellationToken cancellationToken = default)
    {
        var normal = new RegisterByEmailInput { Name = TypedText.Name(input.Name), Email = TypedText.Email(input.Email) };
        if (Rules.Check(normal) is { } errors)
            return new EmailRequestOutcome.Invalid(errors);
        using var attempt = _throttle.TryRegistration(browser.Address, out var wait);
        if (attempt is null)
            return new EmailRequestOutcome.Throttled(wait);

        var what = new AskedFor(EmailLinkPurpose.Register, MailKind.RegistrationLink, _options.ConfirmationLifetime, normal.Name, returnTo);
        var outcome = await _requests.AskAsync(browser, new EmailRequestInput { Email = normal.Email }, what, cancellationToken);
        if (outcome is EmailRequestOutcome.Asked)
            attempt.Keep();
        return outcome;
    }

    /// <summary>The account that a link will make. It changes nothing.</summary>
    /// <param name="browser">The browser that opens the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if the link is no longer good: see <see cref="ConfirmRegistrationOutcome.Expired"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<PendingRegistration?> FindAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken = default) =>
        await FindRowAsync(token, cancellationToken) is { } row
            ? new PendingRegistration(
                row.Name!, row.Email!, row.AskedAt, row.Device().Title, _places.Find(row.Address), row.IsOf(browser), row.ReturnTo)
            : null;

    /// <summary>Uses the link up, creates the account with the chosen password, and starts a session in the browser that opened the link.</summary>
    /// <param name="browser">The browser that opened the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="input">The password.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. The account may exist; then signing in to it works.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before the password was hashed; there is no account.</exception>
    public async Task<ConfirmRegistrationOutcome> ConfirmAsync(
        CallingBrowser browser, string? token, ConfirmRegistrationInput input, CancellationToken cancellationToken = default)
    {
        if (await FindRowAsync(token, cancellationToken) is not { } row)
            return new ConfirmRegistrationOutcome.Expired();
        // Whoever has the link isn't a stranger.
        using var place = _hashing.TryEnter(HashPriority.Known, out var busy);
        if (place is null)
            return new ConfirmRegistrationOutcome.Busy(busy);
        var account = new RegisterInput { Name = row.Name!, Email = row.Email!, Password = input.Password };
        switch (await _users.RegisterAsync(place, browser, account, db => db.UseRowAsync(row, _time.GetUtcNow()), cancellationToken))
        {
            case RegisterOutcome.Invalid { Errors: var errors }:
                return new ConfirmRegistrationOutcome.Invalid(errors);
            case RegisterOutcome.Registered { UserId: var person, Stamp: var stamp }:
                var verified = new VerifiedUser(person, stamp, SignInMethods.Password | SignInMethods.Email);
                return await _starter.StartAsync(browser, verified, remember: false, CancellationToken.None)
                    is StartOutcome.Started { Session: var session }
                    ? new ConfirmRegistrationOutcome.SignedIn(session)
                    : new ConfirmRegistrationOutcome.Expired();
            default:
                return new ConfirmRegistrationOutcome.Expired();
        }
    }

    private Task<EmailLinkRow?> FindRowAsync(string? token, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return _database.ReadAsync(db => db.FindRowAsync(EmailLinkPurpose.Register, token, now, cancellationToken));
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

        switch (await _users.RegisterAsync(place, browser, input, null, cancellationToken))
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
