using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>The form of a page that a sign-in link opens.</summary>
public sealed class SignInLinkInput
{
    /// <summary>"Keep me signed in".</summary>
    public bool Remember { get; set; }

    /// <summary>Whether to keep the account, if its owner has deleted it: see <see cref="PendingLink.DeletionDueAt"/>.</summary>
    public bool KeepAccount { get; set; }
}

/// <summary>A link that somebody asked for and that hasn't been used.</summary>
/// <param name="Email">The account's email.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Device">The device that asked: "Chrome 156 on Windows 11".</param>
/// <param name="Place">Where that device was, as far as its address says.</param>
/// <param name="IsSameBrowser">Whether the browser that opens the link asked for it.</param>
/// <param name="ReturnTo">The page that was asked for before the sign-in, as the request gave it; null if none.</param>
/// <param name="DeletionDueAt">When the account, which its owner has deleted, is deleted for good; null if it isn't to be deleted.</param>
public sealed record PendingLink(
    string Email, DateTimeOffset AskedAt, string Device, Place Place, bool IsSameBrowser, string? ReturnTo, DateTimeOffset? DeletionDueAt);

/// <summary>The outcome of a sign-in with a link.</summary>
public abstract record SignInLinkOutcome
{
    private SignInLinkOutcome()
    {
    }

    /// <summary>A session started.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    public sealed record SignedIn(StartedSession Session) : SignInLinkOutcome;

    /// <summary>The account has two-factor: go on with <see cref="SecondStep"/>. The link is used up; no session started.</summary>
    /// <param name="Token">A secret for this browser's cookie. It lasts for ten minutes.</param>
    public sealed record SecondStepNeeded(string Token) : SignInLinkOutcome;

    /// <summary>The link is no longer good: it was used, has expired, or the account has changed since. Ask for a new one.</summary>
    public sealed record Expired : SignInLinkOutcome;
}

/// <summary>Signs users in with a link that they get by email.</summary>
/// <remarks>
/// It signs in the browser that opens the link and confirms it, never the browser that asked. So whoever asks for a link for somebody else's account
/// gets nothing, even if its owner confirms. Looking at a link changes nothing: programs that read emails do it.
/// </remarks>
public sealed partial class SignInLinks
{
    private readonly AccountsDatabase _database;
    private readonly EmailRequests _requests;
    private readonly SessionStarter _starter;
    private readonly PlaceFinder _places;
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SignInLinks> _logger;

    internal SignInLinks(
        AccountsDatabase database,
        EmailRequests requests,
        SessionStarter starter,
        PlaceFinder places,
        SignInOptions options,
        TimeProvider time,
        ILogger<SignInLinks> logger)
    {
        _database = database;
        _requests = requests;
        _starter = starter;
        _places = places;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether users can ask for links: whether the application sends emails.</summary>
    public bool AreOffered => _requests.AreTaken;

    /// <summary>Asks for a link. It answers the same, and does the same, whether or not the email has an account.</summary>
    /// <param name="browser">The browser that asks.</param>
    /// <param name="input">The email.</param>
    /// <param name="returnTo">The page to open after the sign-in; null for none. The core only keeps it.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="InvalidOperationException">The application sends no emails.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was asked for.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; nothing was asked for.</exception>
    public Task<EmailRequestOutcome> AskAsync(
        CallingBrowser browser, EmailRequestInput input, string? returnTo, CancellationToken cancellationToken = default) =>
        _requests.AskAsync(
            browser,
            input,
            new AskedFor(EmailLinkPurpose.SignIn, MailKind.SignInLink, _options.LinkLifetime, ReturnTo: returnTo),
            cancellationToken);

    /// <summary>What a link is about. It changes nothing.</summary>
    /// <param name="browser">The browser that opens the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if the link is no longer good: see <see cref="SignInLinkOutcome.Expired"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<PendingLink?> FindAsync(CallingBrowser browser, string? token, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(db => db.FindLinkAsync(EmailLinkPurpose.SignIn, token, now, cancellationToken)) is ({ } link, { } user)
            ? Describe(link, user, browser, _places)
            : null;
    }

    /// <summary>Uses the link up and starts a session in the browser that opened it.</summary>
    /// <param name="browser">The browser that opened the link.</param>
    /// <param name="token">The link's token; any text.</param>
    /// <param name="input">The form.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing started.</exception>
    public async Task<SignInLinkOutcome> SignInAsync(
        CallingBrowser browser, string? token, SignInLinkInput input, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        if (await _database.ReadAsync(db => db.FindLinkAsync(EmailLinkPurpose.SignIn, token, now, cancellationToken)) is not ({ } link, { } user))
            return new SignInLinkOutcome.Expired();

        var verified = new VerifiedUser(new UserId(user.Id), link.ProofStamp(), SignInMethods.Email)
        {
            LinkHash = link.TokenHash,
            KeepsAccount = input.KeepAccount,
            OffersSecondStep = true,
        };
        switch (await _starter.StartAsync(browser, verified, input.Remember, cancellationToken))
        {
            case StartOutcome.Started { Session: var session }:
                return new SignInLinkOutcome.SignedIn(session);
            case StartOutcome.SecondStepNeeded { Token: var step }:
                return new SignInLinkOutcome.SecondStepNeeded(step);
            default:
                Log.Void(_logger, user.Id);
                return new SignInLinkOutcome.Expired();
        }
    }

    internal static PendingLink Describe(EmailLinkRow link, User user, CallingBrowser browser, PlaceFinder places) => new(
        user.Email!,
        link.AskedAt,
        link.Device().Title,
        places.Find(link.Address),
        link.IsOf(browser),
        link.ReturnTo,
        user.DeletionDueAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused a sign-in link of the account {UserId}: it was used, or the account has changed since")]
        public static partial void Void(ILogger logger, Guid userId);
    }
}
