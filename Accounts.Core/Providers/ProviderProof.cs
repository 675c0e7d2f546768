using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Providers;

/// <summary>Lets a signed-in user prove through a linked account that it is still them. Their session gets a new key.</summary>
/// <remarks>The provider must have asked them again: an answer from a session that they left open there proves nothing.</remarks>
public sealed partial class ProviderProof
{
    /// <summary>How far the provider's clock may be behind ours, or ahead of it.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private readonly CommandRunner _commands;
    private readonly ProviderRequests _requests;
    private readonly SignInProviders _providers;
    private readonly KeyRotation _rotation;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderProof> _logger;

    internal ProviderProof(
        CommandRunner commands,
        ProviderRequests requests,
        SignInProviders providers,
        KeyRotation rotation,
        TimeProvider time,
        ILogger<ProviderProof> logger)
    {
        _commands = commands;
        _requests = requests;
        _providers = providers;
        _rotation = rotation;
        _time = time;
        _logger = logger;
    }

    /// <summary>Remembers that the caller's browser goes to a provider, to prove who its user is.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="browser">The caller's browser.</param>
    /// <param name="provider">The provider's id.</param>
    /// <param name="returnTo">The page to open afterwards; null for none. The core only keeps it.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing began.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing began.</exception>
    public async Task<BeginProviderOutcome> BeginAsync(
        Caller caller, CallingBrowser browser, string provider, string? returnTo, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        if (_requests.Count(caller) is { } wait)
            return new BeginProviderOutcome.Throttled(wait);
        return await _commands.RunAsync<BeginProviderOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new BeginProviderOutcome.CallerEnded(),
            async work => new BeginProviderOutcome.Began(await _requests.AddAsync(
                work.Db, ProviderPurpose.Prove, caller, work.Account.SecurityStamp!, browser, provider, returnTo)),
            cancellationToken);
    }

    /// <summary>Gives the caller's session a fresh proof, with a new key.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="request">The request, opened by the caller's browser. This call finishes it.</param>
    /// <param name="answer">What the provider says.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="ArgumentException">The request was for something else, or has finished before.</exception>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; the session has no fresh proof.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; the session has no fresh proof.</exception>
    public async Task<ProviderProofOutcome> ProveAsync(
        Caller caller, ProviderRequest request, ProviderAnswer answer, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        request.Finish(ProviderPurpose.Prove);
        var now = _time.GetUtcNow();
        var outcome = !request.IsOf(caller) || !answer.IsOf(_providers.Find(request.Provider)) ? new ProviderProofOutcome.Refused()
            : !IsFresh(answer, request, now) ? new ProviderProofOutcome.NotFresh()
            : await _commands.RunAsync<ProviderProofOutcome>(
                caller,
                Need.ProveIdentity,
                null,
                _ => new ProviderProofOutcome.Refused(),
                async work =>
                {
                    if (!await request.StillHoldsAsync(work) || await work.Db.HasEndedAsync(request, answer))
                        return new ProviderProofOutcome.Refused();
                    var mine = work.Db.LinkedAccounts.Where(l =>
                        l.UserId == caller.Subject.Value && l.Issuer == answer.Issuer && l.Subject == answer.Subject);
                    if (await mine.ExecuteUpdateAsync(set => set.SetProperty(l => l.LastUsedAt, now)) == 0)
                        return new ProviderProofOutcome.OtherAccount();
                    return new ProviderProofOutcome.Proved(await _rotation.ReauthenticateAsync(work, caller, now, SignInMethods.Provider));
                },
                cancellationToken);
        if (outcome is not ProviderProofOutcome.Proved)
            Log.Refused(_logger, caller.OwnSession, outcome.GetType().Name);
        return outcome;
    }

    private static bool IsFresh(ProviderAnswer answer, ProviderRequest request, DateTimeOffset now) =>
        answer.AuthenticatedAt is { } at && at >= request.Row.AskedAt - ClockSkew && at <= now + ClockSkew;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused to re-authenticate session {SessionId} through a provider: {Why}")]
        public static partial void Refused(ILogger logger, SessionId sessionId, string why);
    }
}
