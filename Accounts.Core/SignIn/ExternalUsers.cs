using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
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
        ArgumentException.ThrowIfNullOrEmpty(id);
        var now = _time.GetUtcNow();
        var (revoked, sessions) = await _commands.RunAsync<(UserId?, int)>(
            WritePriority.Ending,
            async work =>
            {
                if (await work.Db.LockExternalAsync(id) is not { } account)
                    return (null, 0);

                var user = new UserId(account.Id);
                var operation = new Caller(CallerKind.Administration, user, null, null, Scopes.All, "");
                var count = await work.EndAccountAsync(account, new Ending(operation, now, EndReason.Revoked));
                work.Db.AuditEvents.Add(new AuditEventRow(now, AuditAction.SessionsRevoked, account.Id)
                {
                    Kind = CallerKind.Administration,
                    Count = count,
                });
                return (user, count);
            },
            cancellationToken);
        if (revoked is not null)
            Log.Revoked(_logger, revoked.Value, sessions);
        return sessions;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ended all sessions of the user {UserId}: {Count}")]
        public static partial void Revoked(ILogger logger, UserId userId, int count);
    }
}
