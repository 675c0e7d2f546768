using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Administration;

/// <summary>What a grant came to.</summary>
public enum GrantOutcome
{
    /// <summary>The account has the role now.</summary>
    Granted,

    /// <summary>The account had the role. Nothing changed.</summary>
    AlreadyHas,

    /// <summary>There is no account with this email.</summary>
    UnknownAccount,
}

/// <summary>What a revocation came to.</summary>
public enum RevokeOutcome
{
    /// <summary>The account lost the role.</summary>
    Revoked,

    /// <summary>The account doesn't have the role. Nothing changed.</summary>
    HasNot,

    /// <summary>There is no account with this email.</summary>
    UnknownAccount,

    /// <summary>It is the only administrator. Nothing changed: nobody could give the role back from a page.</summary>
    LastAdministrator,
}

/// <summary>Gives accounts the roles of staff, and takes them away. Whoever operates the server does it, so there is no caller.</summary>
/// <remarks>
/// In the process that serves the sessions, a change is in force at once, in open pages too. Another process can't reach those sessions: see
/// <see cref="Microsoft.Extensions.DependencyInjection.AccountsOperations.OpenAccountsForCommand"/>.
/// </remarks>
public sealed partial class RoleGrants
{
    private readonly CommandRunner _commands;
    private readonly TimeProvider _time;
    private readonly ILogger<RoleGrants> _logger;

    internal RoleGrants(CommandRunner commands, TimeProvider time, ILogger<RoleGrants> logger)
    {
        _commands = commands;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Whether another process may serve the sessions. It doesn't learn what this one changes. So views stay as they are: their owners must see
    /// what is live, and be able to end it.
    /// </summary>
    internal bool IsBesideAnother { get; set; }

    /// <summary>Gives an account a role, and records it in the account's audit log.</summary>
    /// <param name="email">The account's email, in any spelling.</param>
    /// <param name="role">One of <see cref="Roles.All"/>.</param>
    /// <param name="cancellationToken">Cancels the change until its turn to write comes.</param>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed unless it says so.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<GrantOutcome> GrantAsync(string email, string role, CancellationToken cancellationToken = default)
    {
        var change = await ChangeAsync(email, role, grant: true, cancellationToken);
        if (change is { Made: true, User: { } user })
            Log.Granted(_logger, role, user);
        return change switch
        {
            { User: null } => GrantOutcome.UnknownAccount,
            { Made: true } => GrantOutcome.Granted,
            _ => GrantOutcome.AlreadyHas,
        };
    }

    /// <summary>Takes a role away from an account, and records it in the account's audit log. Views that the role allowed end.</summary>
    /// <inheritdoc cref="GrantAsync"/>
    public async Task<RevokeOutcome> RevokeAsync(string email, string role, CancellationToken cancellationToken = default)
    {
        var change = await ChangeAsync(email, role, grant: false, cancellationToken);
        if (change is { Made: true, User: { } user })
            Log.Revoked(_logger, role, user);
        return change switch
        {
            { User: null } => RevokeOutcome.UnknownAccount,
            { IsLast: true } => RevokeOutcome.LastAdministrator,
            { Made: true } => RevokeOutcome.Revoked,
            _ => RevokeOutcome.HasNot,
        };
    }

    private Task<Change> ChangeAsync(string email, string role, bool grant, CancellationToken cancellationToken)
    {
        var action = Action(role, grant);
        return _commands.RunAsync(WritePriority.Ordinary, work => ChangeAsync(work, email, role, grant, action), cancellationToken);
    }

    private async Task<Change> ChangeAsync(UnitOfWork work, string email, string role, bool grant, string action)
    {
        var (db, now) = (work.Db, _time.GetUtcNow());
        if (await db.Users.AsNoTracking().FindByEmailAsync(email, CancellationToken.None) is not { } found)
            return new Change(null);
        var user = new UserId(found.Id);
        // The lock keeps two changes of one account apart.
        if (await db.LockUserAsync(user) is null)
            return new Change(null);

        if (!grant && role is Roles.Administrator && await db.IsLastAdministratorAsync(user))
            return new Change(user) { IsLast = true };
        if (!await SetAsync(db, user, role, grant, now))
            return new Change(user);

        db.AuditEvents.Add(new AuditEventRow(now, action, user.Value) { Kind = CallerKind.Administration });
        await work.ReportProfileAsync(user);
        if (!IsBesideAnother)
            await SupportViews.EndForbiddenAsync(work, user, Caller.Operator, now);
        return new Change(user) { Made = true };
    }

    /// <summary>Gives an account that is locked a role, or takes it away.</summary>
    /// <returns>Whether anything changed.</returns>
    internal static async Task<bool> SetAsync(AccountsDbContext db, UserId user, string role, bool grant, DateTimeOffset now)
    {
        var id = await FindOrAddAsync(db, role, now);
        var held = await db.UserRoles.SingleOrDefaultAsync(r => r.UserId == user.Value && r.RoleId == id);
        if (held is not null == grant)
            return false;
        if (held is null)
            db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Value, RoleId = id });
        else
            db.UserRoles.Remove(held);
        return true;
    }

    /// <summary>The role's id. Adds the role if nobody has had it yet.</summary>
    internal static async Task<Guid> FindOrAddAsync(AccountsDbContext db, string role, DateTimeOffset now)
    {
        var normalized = role.ToUpperInvariant();
        // Another transaction may add the role at the same time: then this waits for it, and reads its row.
        const string Sql = """INSERT INTO "Roles" ("Id", "Name", "NormalizedName") VALUES ({0}, {1}, {2}) ON CONFLICT DO NOTHING""";
        await db.Database.ExecuteSqlRawAsync(Sql, Guid.CreateVersion7(now), role, normalized);
        return await db.Roles.Where(r => r.NormalizedName == normalized).Select(r => r.Id).SingleAsync();
    }

    internal static string Action(string role, bool grant) => (role, grant) switch
    {
        (Roles.Support, true) => AuditAction.SupportGranted,
        (Roles.Support, false) => AuditAction.SupportRevoked,
        (Roles.Administrator, true) => AuditAction.AdministratorGranted,
        (Roles.Administrator, false) => AuditAction.AdministratorRevoked,
        _ => throw new ArgumentException($"There is no role {role}. Use {string.Join(" or ", Roles.All)}.", nameof(role)),
    };

    /// <param name="User">The account; null if there is none with the email.</param>
    private sealed record Change(UserId? User)
    {
        public bool Made { get; init; }

        public bool IsLast { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Granted the role {Role} to the user {UserId}")]
        public static partial void Granted(ILogger logger, string role, UserId userId);

        [LoggerMessage(2, LogLevel.Information, "Revoked the role {Role} of the user {UserId}")]
        public static partial void Revoked(ILogger logger, string role, UserId userId);
    }
}
