using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>What an application does with the sessions of users whom it keeps itself. It decides by its own rules, so there is no caller.</summary>
public sealed partial class ExternalUsers
{
    private readonly CommandRunner _commands;
    private readonly TimeProvider _time;
    private readonly ILogger<ExternalUsers> _logger;

    internal ExternalUsers(CommandRunner commands, TimeProvider time, ILogger<ExternalUsers> logger)
    {
        _commands = commands;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Ends all sessions of a user: because your application disabled or deleted them, or reset their password. When it returns, none of the sessions
    /// can do anything any more.
    /// </summary>
    /// <remarks>
    /// Disable the user first. A sign-in that verified them before then gets no session, unless it is their very first one. The account, its history
    /// and its audit log stay.
    /// </remarks>
    /// <param name="id">The <see cref="ExternalUser.Id"/> of the user.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <returns>How many sessions ended; 0 if the user has no account, because they never signed in.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed unless it says so.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<int> EndSessionsAsync(string id, CancellationToken cancellationToken = default)
    {
        var (user, sessions) = await EndAsync(id, EndReason.Revoked, AuditAction.SessionsRevoked, (_, _) => { }, cancellationToken);
        if (user is not null)
            Log.Revoked(_logger, user.Value, sessions);
        return sessions;
    }

    /// <summary>
    /// Deletes what is stored about a user whom your application has deleted: ends all sessions, and has the next round of retention erase the rest.
    /// There is no time to change one's mind: your application has decided.
    /// </summary>
    /// <remarks>Until then nobody signs in with this id. Afterwards it would be somebody new.</remarks>
    /// <inheritdoc cref="EndSessionsAsync"/>
    public async Task<int> DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        var (user, sessions) = await EndAsync(
            id,
            EndReason.AccountDeleted,
            AuditAction.DeletionRequested,
            (account, now) => (account.DeletionDueAt, account.DeletedByOwner) = (now, false),
            cancellationToken);
        if (user is not null)
            Log.Deleted(_logger, user.Value, sessions);
        return sessions;
    }

    private Task<(UserId? User, int Sessions)> EndAsync(
        string id, EndReason reason, string action, Action<User, DateTimeOffset> change, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var now = _time.GetUtcNow();
        return _commands.RunAsync<(UserId?, int)>(
            WritePriority.Ending,
            async work =>
            {
                if (await work.Db.LockExternalAsync(id) is not { } account)
                    return (null, 0);

                change(account, now);
                var user = new UserId(account.Id);
                var operation = new Caller(CallerKind.Administration, user, null, null, Scopes.All, "");
                var count = await work.EndAccountAsync(account, new Ending(operation, now, reason));
                work.Db.AuditEvents.Add(new AuditEventRow(now, action, account.Id)
                {
                    Kind = CallerKind.Administration,
                    Count = count,
                });
                return (user, count);
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ended all sessions of the user {UserId}: {Count}")]
        public static partial void Revoked(ILogger logger, UserId userId, int count);

        [LoggerMessage(2, LogLevel.Information, "Ended all sessions of the user {UserId}, whom the application deleted: {Count}")]
        public static partial void Deleted(ILogger logger, UserId userId, int count);
    }
}
