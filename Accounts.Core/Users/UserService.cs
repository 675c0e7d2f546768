using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>The outcome of a registration.</summary>
internal abstract record RegisterOutcome
{
    private RegisterOutcome()
    {
    }

    public sealed record Registered(UserId UserId) : RegisterOutcome
    {
        /// <summary>The proof of the password for the first sign-in.</summary>
        internal ProofStamp Stamp { get; init; }
    }

    /// <summary>The email already has an account. Nothing was changed.</summary>
    public sealed record EmailTaken : RegisterOutcome;

    /// <summary>What should confirm the email was used up before. There is no account.</summary>
    public sealed record NotConfirmed : RegisterOutcome;

    /// <summary>Too many passwords wait to be hashed. Nothing was checked.</summary>
    /// <param name="Wait">How long the waiting hashes will take.</param>
    public sealed record Busy(TimeSpan Wait) : RegisterOutcome;

    public sealed record Invalid(IReadOnlyList<InputError> Errors) : RegisterOutcome;
}

/// <summary>Creates accounts and reads profiles.</summary>
public sealed class UserService
{
    private static readonly RegisterInputValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly PasswordHashing _hashing;
    private readonly SupportViewOptions _views;
    private readonly TimeProvider _time;

    internal UserService(AccountsDatabase database, PasswordHashing hashing, SupportViewOptions views, TimeProvider time)
    {
        _views = views;
        _database = database;
        _hashing = hashing;
        _time = time;
    }

    /// <summary>Creates an account. It doesn't sign the user in.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; there is no account.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled before the password was hashed; there is no account.</exception>
    internal async Task<RegisterOutcome> RegisterAsync(CallingBrowser browser, RegisterInput input, CancellationToken cancellationToken = default)
    {
        using var place = _hashing.TryEnter(HashPriority.Stranger, out var busy);
        return place is null ? new RegisterOutcome.Busy(busy) : await RegisterAsync(place, browser, input, null, cancellationToken);
    }

    /// <param name="place">The place among passwords that wait to be hashed.</param>
    /// <param name="browser">The browser.</param>
    /// <param name="input">The account.</param>
    /// <param name="confirmed">
    /// Uses up what confirms the email, in the same transaction; null if nothing does. If it returns false, nothing is made.
    /// </param>
    /// <param name="cancellationToken">Cancels the call until the password is hashed.</param>
    internal async Task<RegisterOutcome> RegisterAsync(HashPlace place, CallingBrowser browser, RegisterInput input,
        Func<AccountsDbContext, Task<bool>>? confirmed, CancellationToken cancellationToken)
    {
        var normal = RegisterInputValidator.Normalize(input);
        if (Rules.Check(normal) is { } errors)
            return new RegisterOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        var user = User.New(now, normal.Name, normal.Email);
        // Check first, so that a taken email costs no hash. Hash outside the transaction, because other writers wait for it.
        if (await IsTakenAsync(input.Email, cancellationToken))
            return new RegisterOutcome.EmailTaken();
        user.PasswordHash = await place.HashAsync(user, normal.Password, cancellationToken);

        try
        {
            return await _database.WriteAsync<RegisterOutcome>(WritePriority.Ordinary, async db =>
            {
                if (confirmed is not null && !await confirmed(db))
                    return new RegisterOutcome.NotConfirmed();
                user.EmailConfirmed = confirmed is not null;
                db.Users.Add(user);
                db.AuditEvents.Add(Registered(user.Id, browser, now));
                var stamp = new ProofStamp(user.SecurityStamp!, await db.FindEpochAsync());
                return new RegisterOutcome.Registered(new UserId(user.Id)) { Stamp = stamp };
            }, cancellationToken);
        }
        catch (ConstraintException)
        {
            // Somebody registered the email since the check: the unique index decides. Any other constraint is a bug.
            if (!await IsTakenAsync(input.Email, CancellationToken.None))
                throw;
            return new RegisterOutcome.EmailTaken();
        }
    }

    /// <summary>The event of a new account.</summary>
    internal static AuditEventRow Registered(Guid user, CallingBrowser browser, DateTimeOffset at) => new(at, AuditAction.Registered, user)
    {
        ActorUserId = user,
        Details = new AuditDetailsRow(at, browser.Address) { ActorDevice = DeviceDetector.Detect(browser.Signals).Title },
    };

    private Task<bool> IsTakenAsync(string email, CancellationToken cancellationToken) =>
        _database.ReadAsync(async db => await db.Users.AsNoTracking().FindByEmailAsync(email, cancellationToken) is not null);

    /// <summary>The caller's profile; null if the account doesn't exist any more.</summary>
    /// <exception cref="CallerRefusedException">The caller lacks the scope.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<Profile?> FindProfileAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ReadAccount.Check(caller);
        var profile = await _database.ReadAsync(db => db.Users
            .Where(u => u.Id == caller.Subject.Value)
            .Select(u => new Profile(caller.Subject, u.DisplayName, u.Email))
            .SingleOrDefaultAsync(cancellationToken));
        return profile is { Email: { } email } && caller.IsReadOnly && _views.MaskEmail ? profile with { Email = MaskedEmail.Of(email) } : profile;
    }
}
