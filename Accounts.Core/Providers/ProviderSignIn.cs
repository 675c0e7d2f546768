using Accounts.Core.Callers;
using Accounts.Core.Passkeys;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Providers;

/// <summary>Signs users in through a provider that vouches for them. An account is found by issuer and subject, never by an email.</summary>
/// <remarks>
/// Begin, and send the browser to the provider with the token. Verify the answer, open the request with the token that came back, and come in with
/// what the provider says. A provider's word counts as one factor.
/// </remarks>
public sealed partial class ProviderSignIn
{
    private static readonly NewAccountValidator Rules = new();

    private readonly AccountsDatabase _database;
    private readonly ProviderRequests _requests;
    private readonly SessionStarter _starter;
    private readonly SignInProviders _providers;
    private readonly WaysIn _ways;
    private readonly PasskeyOptions _passkeys;
    private readonly SignInThrottle _throttle;
    private readonly RefusedAttempts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderSignIn> _logger;

    internal ProviderSignIn(
        AccountsDatabase database,
        ProviderRequests requests,
        SessionStarter starter,
        SignInProviders providers,
        WaysIn ways,
        PasskeyOptions passkeys,
        SignInThrottle throttle,
        RefusedAttempts refused,
        TimeProvider time,
        ILogger<ProviderSignIn> logger)
    {
        _database = database;
        _requests = requests;
        _starter = starter;
        _providers = providers;
        _ways = ways;
        _passkeys = passkeys;
        _throttle = throttle;
        _refused = refused;
        _time = time;
        _logger = logger;
    }

    /// <summary>The providers that users can sign in through.</summary>
    public IReadOnlyList<SignInProvider> Offered => _providers.All;

    /// <summary>Remembers that a browser goes to a provider to sign in.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="provider">The provider's id.</param>
    /// <param name="returnTo">The page to open after the sign-in; null for none. The core only keeps it.</param>
    /// <param name="keepsAccount">Whether an owner who has deleted the account keeps it after all.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginProviderOutcome> BeginAsync(
        CallingBrowser browser, string provider, string? returnTo, bool keepsAccount = false, CancellationToken cancellationToken = default) =>
        _requests.Count(browser) is { } wait
            ? new BeginProviderOutcome.Throttled(wait)
            : new BeginProviderOutcome.Began(await _requests.AddAsync(browser, provider, returnTo, keepsAccount, cancellationToken));

    /// <summary>Finds what an answer is for, whatever it is. The request is used up, whatever becomes of the answer.</summary>
    /// <param name="browser">The browser that brings the answer.</param>
    /// <param name="provider">The id of the provider that answers.</param>
    /// <param name="token">The token that came back; any text.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>Null if it is for nothing: the request was answered, is too old, or was another browser's or provider's.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Task<ProviderRequest?> OpenAsync(
        CallingBrowser browser, string provider, string? token, CancellationToken cancellationToken = default) =>
        _requests.BurnAsync(browser, provider, token, cancellationToken);

    /// <summary>Starts a session for the user whom the provider vouches for. If there is no account at all, it may make one.</summary>
    /// <param name="browser">The user's browser.</param>
    /// <param name="request">The request, opened by this browser. This call finishes it.</param>
    /// <param name="answer">What the provider says.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">The request was for something else, or has finished before.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no session started.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; no session started.</exception>
    public async Task<ProviderSignInOutcome> SignInAsync(
        CallingBrowser browser, ProviderRequest request, ProviderAnswer answer, CancellationToken cancellationToken = default)
    {
        request.Finish(ProviderPurpose.SignIn);
        if (_providers.Find(request.Provider) is not { } provider || !answer.IsOf(provider))
            return new ProviderSignInOutcome.Refused();
        try
        {
            return await FindAndStartAsync(browser, request, provider, answer, cancellationToken);
        }
        catch (ConstraintException)
        {
            // Another sign-in made the account at the same time. Now it's there.
            return await FindAndStartAsync(browser, request, provider, answer, cancellationToken);
        }
    }

    private async Task<ProviderSignInOutcome> FindAndStartAsync(
        CallingBrowser browser, ProviderRequest request, SignInProvider provider, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var provedAt = answer.AuthenticatedAt is { } at && at < now + ProviderProof.ClockSkew ? (at < now ? at : now) : (DateTimeOffset?)null;
        var found = await _database.ReadAsync(async db =>
        {
            var link = await db.LinkedAccounts.AsNoTracking()
                .SingleOrDefaultAsync(l => l.Issuer == answer.Issuer && l.Subject == answer.Subject, cancellationToken);
            if (link is null || await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == link.UserId, cancellationToken) is not { } user)
                return null;
            // A provider whose session somebody left open vouches for whoever sits there. So the sign-in proves no more than it says, unless the
            // owner has no other way to confirm who they are.
            return new Found(link, user, provedAt, provedAt is not null || !await CanConfirmAsync(db, user, cancellationToken));
        });
        return found is null
            ? await RegisterAsync(browser, request, provider, answer, cancellationToken)
            : await StartAsync(browser, request, found, answer, cancellationToken);
    }

    private async Task<bool> CanConfirmAsync(AccountsDbContext db, User user, CancellationToken cancellationToken)
    {
        var passkeys = _passkeys.Enabled ? await db.UserPasskeys.CountAsync(p => p.UserId == user.Id, cancellationToken) : 0;
        return await _ways.CanConfirmAsync(db, user, passkeys, cancellationToken);
    }

    private async Task<ProviderSignInOutcome> StartAsync(
        CallingBrowser browser, ProviderRequest request, Found found, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        var (link, user, provedAt, isProof) = found;
        // The start of the session asks again, under the account's lock.
        if (Closed(user, request, _time.GetUtcNow()) is { } closed)
        {
            if (closed is ProviderSignInOutcome.AccountDisabled or ProviderSignInOutcome.DeletionPending { ByOwner: false })
                _refused.RecordSignIn(user.Id, browser, RefusedAttemptReason.AccountDisabled);
            Log.Closed(_logger, user.Id);
            return closed;
        }

        var verified = new VerifiedUser(
            new UserId(user.Id), new ProofStamp(user.SecurityStamp!, request.Row.Epoch), SignInMethods.Provider)
        {
            OffersSecondStep = true,
            KeepsAccount = request.Row.KeepsAccount,
            Provider = answer.Identity(),
            ProvedAt = provedAt,
            IsProof = isProof,
            FindOrMake = async (db, now) => await db.LockUserAsync(new UserId(user.Id)) is { } locked
                && !await db.HasEndedAsync(request, answer)
                && await db.UseLinkAsync(link.Id, user.Id, now) ? locked : null,
        };
        return await StartAsync(browser, verified, isNew: false, cancellationToken);
    }

    private async Task<ProviderSignInOutcome> RegisterAsync(
        CallingBrowser browser, ProviderRequest request, SignInProvider provider, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        // What it answers reveals whether an email has an account, and it may make one. So attempts are limited, as registrations are.
        using var attempt = _throttle.TryRegistration(browser.Address, out var wait);
        if (attempt is null)
            return new ProviderSignInOutcome.Throttled(wait);
        // Whoever doesn't have the address, as far as the provider knows, learns nothing about it.
        if (answer is { IsEmailVerified: true, Email: { } said }
            && await _database.ReadAsync(async db => await db.Users.AsNoTracking().FindByEmailAsync(said, cancellationToken) is not null))
        {
            attempt.Keep();
            Log.NotLinked(_logger, request.Provider);
            return new ProviderSignInOutcome.NotLinked();
        }

        if (!provider.MayRegister)
            return new ProviderSignInOutcome.NoAccount();
        var email = TypedText.Email(answer.Email);
        if (!answer.IsEmailVerified || Rules.Check(new NewAccount(email)) is not null)
            return new ProviderSignInOutcome.EmailNotVerified();

        attempt.Keep();
        var epoch = request.Row.Epoch;
        var verified = new VerifiedUser(null, new ProofStamp(User.FirstStamp, epoch), SignInMethods.Provider)
        {
            Provider = answer.Identity(),
            FindOrMake = async (db, now) =>
            {
                if (await db.KeepEpochAsync() != epoch || await db.HasEndedAsync(request, answer))
                    return null;
                var user = User.New(now, NameOf(answer, email), email);
                (user.SecurityStamp, user.EmailConfirmed) = (User.FirstStamp, true);
                db.Users.Add(user);
                db.LinkedAccounts.Add(LinkedAccounts.New(new UserId(user.Id), request.Provider, answer, now, used: true));
                // The audit log is in the order of time, and the sign-in comes after it.
                db.AuditEvents.Add(UserService.Registered(user.Id, browser, now.AddMicroseconds(-1)));
                // Here, so that of two at once the second one fails before it starts a session.
                await db.SaveChangesAsync();
                return user;
            },
        };
        return await StartAsync(browser, verified, isNew: true, cancellationToken);
    }

    private async Task<ProviderSignInOutcome> StartAsync(
        CallingBrowser browser, VerifiedUser verified, bool isNew, CancellationToken cancellationToken)
    {
        switch (await _starter.StartAsync(browser, verified, remember: false, cancellationToken))
        {
            case StartOutcome.Started { Session: var session }:
                return new ProviderSignInOutcome.SignedIn(session, isNew);
            case StartOutcome.SecondStepNeeded { Token: var token }:
                return new ProviderSignInOutcome.SecondStepNeeded(token);
            default:
                Log.Overtaken(_logger, verified.UserId);
                return new ProviderSignInOutcome.Refused();
        }
    }

    /// <summary>Why the account lets nobody sign in; null if it does.</summary>
    private static ProviderSignInOutcome? Closed(User user, ProviderRequest request, DateTimeOffset now) => user switch
    {
        // An application that keeps its own users decides who signs in, by its own page.
        _ when user.IsGone(now) || user.ExternalId is not null => new ProviderSignInOutcome.Refused(),
        { DisabledAt: not null } => new ProviderSignInOutcome.AccountDisabled(),
        { NewPasswordRequired: true } => new ProviderSignInOutcome.NewPasswordRequired(),
        { DeletedByOwner: true } when request.Row.KeepsAccount => null,
        { DeletionDueAt: { } due } => new ProviderSignInOutcome.DeletionPending(due, user.DeletedByOwner),
        _ => null,
    };

    /// <summary>The name of a new account: what the provider says, cut to what a name may be. Without one, what the email begins with.</summary>
    private static string NameOf(ProviderAnswer answer, string email)
    {
        var name = TypedText.Cut(TypedText.Clean(answer.Name), User.NameLimit).Trim();
        return name.Length > 0 ? name : TypedText.Cut(TypedText.Clean(email[..email.IndexOf('@', StringComparison.Ordinal)]), User.NameLimit);
    }

    /// <summary>A linked account, the account here, and when its user proved who they are, if the sign-in proves it.</summary>
    private sealed record Found(LinkedAccountRow Link, User User, DateTimeOffset? ProvedAt, bool IsProof);

    private sealed record NewAccount(string Email);

    private sealed class NewAccountValidator : AbstractValidator<NewAccount>
    {
        public NewAccountValidator() => RuleFor(i => i.Email).MustBeEmail();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a sign-in through {Provider}: an account has the email, and isn't linked")]
        public static partial void NotLinked(ILogger logger, string provider);

        [LoggerMessage(2, LogLevel.Information, "Refused a sign-in through a provider: the account {UserId} is closed, or needs a new password")]
        public static partial void Closed(ILogger logger, Guid userId);

        [LoggerMessage(3, LogLevel.Information, "Refused a sign-in through a provider: the account {UserId} changed meanwhile")]
        public static partial void Overtaken(ILogger logger, UserId? userId);
    }
}
