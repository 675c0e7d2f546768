using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>One transaction of a command, and the changes that it makes. <see cref="CommandRunner"/> announces them once, after the commit.</summary>
internal sealed class UnitOfWork(AccountsDbContext db, SessionRegistry registry)
{
    private readonly List<SessionChange> _changes = [];
    private readonly List<Action> _applied = [];

    /// <summary>The database, inside the transaction.</summary>
    public AccountsDbContext Db => db;

    /// <summary>The caller's account, if the command's need locks it.</summary>
    /// <exception cref="InvalidOperationException">It doesn't.</exception>
    public User Account
    {
        get => field ?? throw new InvalidOperationException("The command's need doesn't lock the account.");
        set;
    }

    /// <summary>Somebody else's account that the command named, locked; null if there is no such account or the command named none.</summary>
    public User? Other { get; set; }

    /// <summary>The changes to announce, in the order in which they were reported.</summary>
    public IReadOnlyList<SessionChange> Changes => _changes;

    /// <summary>What memory takes over after the commit, before anybody hears of the changes.</summary>
    public IReadOnlyList<Action> Applied => _applied;

    /// <summary>What a proof of the caller's account depends on, now that the account is locked.</summary>
    public async Task<ProofStamp> FindStampAsync() => new(Account.SecurityStamp!, await db.KeepEpochAsync());

    /// <summary>Announces a change after the commit.</summary>
    public void Report(SessionChange change) => _changes.Add(change);

    /// <summary>Puts a user's new name, email or roles into force after the commit, in open pages too.</summary>
    /// <remarks>Lock the account, change it, and then call this. It saves what you changed.</remarks>
    public async Task ReportProfileAsync(UserId user)
    {
        await db.SaveChangesAsync();
        var profile = await UserProfile.ReadAsync(db, user, registry.NextChange());
        // A session that isn't in memory may still have open pages.
        var sessions = await db.Sessions.Where(s => s.UserId == user.Value && s.EndedAt == null).Select(s => new SessionId(s.Id)).ToListAsync();
        Apply(() =>
        {
            // A load that began before the commit may have read the old profile.
            registry.VoidLoads();
            foreach (var session in sessions)
                registry.Peek(session)?.Replace(profile);
        });
        foreach (var session in sessions)
            Report(new SessionChange.PrincipalReplaced(user, session));
    }

    /// <summary>Applies something to this process's memory after the commit, before the changes are announced.</summary>
    public void Apply(Action action) => _applied.Add(action);

    /// <summary>Ends the live ones of these sessions, and the views that began in them.</summary>
    /// <returns>The rows of the sessions that it ended, without those of such views.</returns>
    public async Task<List<SessionRow>> EndAsync(Ending ending, SessionSet which)
    {
        var ended = Report(await db.EndAsync(ending, which), ending);
        await EndViewsOfAsync(ended, ending);
        if (ending.Reason.EndsTrust())
            await db.ForgetBrowsersOfAsync(ended);
        return ended;
    }

    /// <summary>
    /// Ends every session of an account that is locked, voids every sign-in that is half way, and takes all trust in browsers back.
    /// </summary>
    /// <returns>How many sessions ended, without views of support.</returns>
    public async Task<int> EndAccountAsync(User account, Ending ending)
    {
        var everywhere = SessionSet.All(new UserId(account.Id));
        await db.LockedLive(everywhere).Select(s => s.Id).ToListAsync();
        account.RenewStamp();
        await db.ForgetBrowsersAsync(new UserId(account.Id));
        return (await EndAsync(ending, everywhere)).Count(row => row.IsOwn);
    }

    /// <summary>Ends the expired ones of these sessions, and the views that began in them.</summary>
    /// <returns>The rows of the sessions that it ended, without those of such views.</returns>
    public async Task<List<SessionRow>> ExpireAsync(DateTimeOffset now, SessionSet which)
    {
        var ending = new Ending(Caller.Clock, now, EndReason.Expired);
        var ended = Report(await db.ExpireAsync(now, which), ending);
        await EndViewsOfAsync(ended, ending);
        return ended;
    }

    /// <summary>Ends the live views that began in sessions which have just ended.</summary>
    private async Task EndViewsOfAsync(List<SessionRow> parents, Ending ending)
    {
        List<Guid> staff = [.. parents.Where(row => row.ViewsUntil > ending.At).Select(row => row.Id)];
        if (staff.Count > 0)
            await EndAsync(ending with { Reason = EndReason.StaffSessionEnded }, SessionSet.ViewsFrom(staff));
    }

    private List<SessionRow> Report(List<SessionRow> ended, Ending ending)
    {
        foreach (var row in ended)
        {
            Report(new SessionChange.Ended(new UserId(row.UserId), new SessionId(row.Id), ending.Reason));
            if (row.Kind is SessionKind.SupportView)
                db.AuditEvents.AddRange(AuditRecord.ViewEnded(row, ending.By));
        }

        return ended;
    }
}
