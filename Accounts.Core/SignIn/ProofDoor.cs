using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>
/// A proof that is being verified outside the core. It remembers the account as it was before, so that whatever changes meanwhile voids it.
/// </summary>
/// <remarks>It counts once, and for a minute. It lives in memory only: there is nothing to forge or to replay.</remarks>
public sealed class PendingProof
{
    private int _burnt;

    internal PendingProof(UserId? subject, ProofStamp stamp, SessionId? session, DateTimeOffset openedAt)
    {
        Subject = subject;
        Stamp = stamp;
        SessionId = session;
        OpenedAt = openedAt;
    }

    /// <summary>Whose account it is; null if the sign-in makes the account.</summary>
    internal UserId? Subject { get; }

    /// <summary>The session that gets the fresh proof; null if the proof starts a session.</summary>
    internal SessionId? SessionId { get; }

    /// <summary>The application's user whom the proof is about; null for an account of ours.</summary>
    internal ExternalUser? External { get; init; }

    internal ProofStamp Stamp { get; }

    internal DateTimeOffset OpenedAt { get; }

    /// <summary>Uses the proof up. True for the first call only.</summary>
    internal bool TryBurn() => Interlocked.Exchange(ref _burnt, 1) == 0;
}

/// <summary>
/// The one door for proofs that the core can't verify itself, such as a passkey or another provider's word. Whoever goes through it vouches for
/// the user: call it only after you have verified them.
/// </summary>
/// <remarks>
/// Open the door before you verify, and come in with what you found. If the account's password changed in between, or all of its sessions were
/// ended, the proof no longer counts. A test lists every caller.
/// </remarks>
public sealed class ProofDoor
{
    /// <summary>How long a proof may take: a minute.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly AccountsDatabase _database;
    private readonly CommandRunner _commands;
    private readonly SessionStarter _starter;
    private readonly KeyRotation _rotation;
    private readonly TimeProvider _time;

    internal ProofDoor(AccountsDatabase database, CommandRunner commands, SessionStarter starter, KeyRotation rotation, TimeProvider time)
    {
        _database = database;
        _commands = commands;
        _starter = starter;
        _rotation = rotation;
        _time = time;
    }

    /// <summary>Opens the door for a sign-in.</summary>
    /// <param name="subject">The account that the proof will be about.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null if there is no such account.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public Task<PendingProof?> OpenAsync(UserId subject, CancellationToken cancellationToken = default) =>
        OpenAsync(subject, null, cancellationToken);

    /// <summary>
    /// Opens the door for a sign-in of a user whom the application keeps itself. The first sign-in makes the account, without a password. Each
    /// further one brings its name and email up to date.
    /// </summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public async Task<PendingProof> OpenAsync(ExternalUser user, CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db =>
        {
            var epoch = await db.FindEpochAsync(cancellationToken);
            var account = await db.Users
                .Where(u => u.ExternalId == user.Id)
                .Select(u => new { u.Id, u.SecurityStamp })
                .SingleOrDefaultAsync(cancellationToken);
            var stamp = new ProofStamp(account?.SecurityStamp ?? User.FirstStamp, epoch);
            return new PendingProof(account is null ? null : new UserId(account.Id), stamp, null, now) { External = user };
        });
    }

    /// <summary>Opens the door for a re-authentication in the caller's session.</summary>
    /// <returns>Null if the account doesn't exist any more.</returns>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    public Task<PendingProof?> OpenAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        return OpenAsync(caller.Subject, caller.OwnSession, cancellationToken);
    }

    /// <summary>Starts a session for a user who was verified.</summary>
    /// <param name="browser">The user's browser.</param>
    /// <param name="proof">The proof, opened for a sign-in. This call uses it up.</param>
    /// <param name="methods">How the user was verified.</param>
    /// <param name="remember">"Keep me signed in".</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>
    /// Null if the proof no longer counts: it was used before, took too long, or the account has changed. Also if the account has two-factor and
    /// <paramref name="methods"/> are one factor only.
    /// </returns>
    /// <exception cref="ArgumentException">The proof is for a re-authentication, or <paramref name="methods"/> is empty.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started, and the proof is used up.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing started, and the proof is used up.</exception>
    public async Task<StartedSession?> SignInAsync(
        CallingBrowser browser, PendingProof proof, SignInMethods methods, bool remember, CancellationToken cancellationToken = default)
    {
        if (proof.SessionId is not null)
            throw new ArgumentException("The proof was opened for a re-authentication.", nameof(proof));
        RequireMethod(methods);
        if (!IsGood(proof))
            return null;
        var verified = new VerifiedUser(proof.Subject, proof.Stamp, methods, proof.External);
        return await _starter.StartAsync(browser, verified, remember, cancellationToken) is StartOutcome.Started { Session: var session }
            ? session
            : null;
    }

    /// <summary>Gives the caller's session a fresh proof, with a new key.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="proof">The proof, opened by the same caller. This call uses it up.</param>
    /// <param name="methods">How the user was verified.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>Null if the proof no longer counts: it was used before, took too long, the account has changed, or the session has ended.</returns>
    /// <exception cref="ArgumentException">Another caller opened the proof, or it is for a sign-in, or <paramref name="methods"/> is
    /// empty.</exception>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed, and the proof is used up.</exception>
    public Task<StartedSession?> ReauthenticateAsync(
        Caller caller, PendingProof proof, SignInMethods methods, CancellationToken cancellationToken = default) => UseAsync(
            caller,
            proof,
            methods,
            Need.ProveIdentity,
            null,
            (work, now) => _rotation.ReauthenticateAsync(work, caller, now, methods),
            cancellationToken);

    /// <summary>
    /// Ends the caller's other sessions after your application changed the user's password, and gives the caller's session a new key. A copy of the
    /// old cookie stops working, and so does a sign-in that verified the old password.
    /// </summary>
    /// <param name="caller">The caller.</param>
    /// <param name="proof">
    /// The proof, opened by the same caller before your application verified the current password. This call uses it up.
    /// </param>
    /// <param name="cancellationToken">Cancels the call until it may write. Pass none once the password has changed.</param>
    /// <returns>Null if the proof no longer counts: it was used before, took too long, the account has changed, or the session has ended.</returns>
    /// <exception cref="ArgumentException">Another caller opened the proof, or it is for a sign-in.</exception>
    /// <exception cref="CallerRefusedException">The caller may never change the password; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed, and the proof is used up.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed, and the proof is used up.</exception>
    public Task<ChangePasswordOutcome.Changed?> ChangedPasswordAsync(
        Caller caller, PendingProof proof, CancellationToken cancellationToken = default) => UseAsync(
            caller,
            proof,
            SignInMethods.Password,
            Need.ChangePassword,
            SessionSet.All(caller.Subject),
            (work, now) => PasswordChange.FinishAsync(work, _rotation, caller, now, endOtherSessions: true),
            cancellationToken);

    /// <summary>Runs what a proof in the caller's session is for; null if the proof no longer counts.</summary>
    private async Task<T?> UseAsync<T>(
        Caller caller,
        PendingProof proof,
        SignInMethods methods,
        Need need,
        SessionSet? changed,
        Func<UnitOfWork, DateTimeOffset, Task<T>> command,
        CancellationToken cancellationToken)
        where T : class
    {
        need.Check(caller);
        if (proof.Subject != caller.Subject || proof.SessionId != caller.OwnSession)
            throw new ArgumentException("The proof was opened for another session.", nameof(proof));
        RequireMethod(methods);
        if (!IsGood(proof))
            return null;

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<T?>(
            caller,
            need,
            changed,
            _ => null,
            async work => string.Equals(work.Account.SecurityStamp, proof.Stamp.Account, StringComparison.Ordinal) ? await command(work, now) : null,
            cancellationToken);
    }

    private async Task<PendingProof?> OpenAsync(UserId subject, SessionId? session, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(db => db.FindProofStampAsync(subject, cancellationToken)) is { } stamp
            ? new PendingProof(subject, stamp, session, now)
            : null;
    }

    private bool IsGood(PendingProof proof) => proof.TryBurn() && proof.OpenedAt.IsYoungerThan(Patience, _time.GetUtcNow());

    private static void RequireMethod(SignInMethods methods)
    {
        if (methods == SignInMethods.None)
            throw new ArgumentException("Say how the user was verified.", nameof(methods));
    }
}
