using Accounts.Core.Audit;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>A user who has proved who they are, with the account's stamp at that time.</summary>
internal sealed record VerifiedUser(UserId UserId, string Stamp, SignInMethod Method);

/// <summary>Starts sessions. No other class does.</summary>
internal sealed class SessionStarter(AccountsDatabase database, SessionService sessions, SessionFeed feed, PlaceFinder places, SessionOptions options, TimeProvider time)
{
    /// <summary>
    /// Starts a session under the user's lock, if the proof still holds. Ending all sessions changes the account's stamp, so a proof from before it
    /// is refused. A live session of the same user in the same browser is replaced.
    /// </summary>
    /// <remarks>If the user has the maximum number of sessions, the one that was unused for longest ends.</remarks>
    /// <returns>Null if the proof no longer holds.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    public async Task<StartedSession?> StartAsync(Client client, VerifiedUser verified, bool remember)
    {
        var now = time.GetUtcNow();
        var id = SessionId.New(now);
        var key = SessionKey.New();
        var browser = client.Browser.Hash();
        var country = places.Find(client.Address).CountryCode;
        var ending = new Ending(new Caller(verified.UserId, id, client.Address), now, EndReason.Replaced);
        var limit = ending with { Reason = EndReason.LimitReached };

        var gone = await database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            var user = await db.LockUserAsync(verified.UserId);
            if (user is null || !string.Equals(user.SecurityStamp, verified.Stamp, StringComparison.Ordinal))
                return null;

            var ghosts = db.Sessions.Where(s => s.UserId == user.Id && s.BrowserHash == browser && s.EndedAt == null);
            var found = await ghosts.Select(s => new GoneSession(s.Id, s.UserId, s.Name, s.UserAgent, s.ClientHints, s.ExpiresAt)).ToListAsync();
            var replaced = await db.EndAsync(ghosts, ending);
            // An expired session that the sweep hasn't ended yet would violate the unique index.
            var before = db.Sessions.Where(s => s.UserId == user.Id);
            var here = before.Where(s => s.BrowserHash == browser);
            var latest = await here.OrderByDescending(s => s.StartedAt)
                .Select(s => new { s.Name, Since = s.BrowserSince ?? s.StartedAt })
                .FirstOrDefaultAsync();
            var expired = await ghosts.Select(s => s.Id).ToListAsync();
            await ghosts.ExecuteUpdateAsync(set => set
                .SetProperty(s => s.EndedAt, s => (DateTimeOffset?)s.ExpiresAt)
                .SetProperty(s => s.EndReason, EndReason.Expired));

            var row = new SessionRow
            {
                Id = id.Value,
                UserId = user.Id,
                KeyHash = key.Hash(),
                BrowserHash = browser,
                StartedAt = now,
                LastActivityAt = now,
                ExpiresAt = SessionLifetime.ExpiresAt(options, remember, now, now),
                Remembered = remember,
                Method = verified.Method,
                UserAgent = client.Signals.UserAgent,
                ClientHints = client.Signals.Hints.ToText(),
                SignInCountry = country,
                SignInAddress = client.Address,
                LastAddress = client.Address,
                // The browser's name stays when the user signs in again.
                Name = latest?.Name,
                BrowserSince = latest?.Since ?? now,
                // Signing in again doesn't answer the question: a browser is new while all its sign-ins are in question.
                NewBrowser = await before.AnyAsync() && await here.CountAsync() == await here.InQuestion(now).CountAsync(s => s.NewBrowser),
                NewCountry = country is not null && await before.AnyAsync(s => s.SignInCountry != null) && !await before.AnyAsync(s => s.SignInCountry == country),
            };
            var crowdedOut = await MakeRoomAsync(db, limit, row);
            db.Sessions.Add(row);
            db.AuditEvents.AddRange(found.Select(gone => replaced.Contains(gone.Id) ? AuditRecord.Displaced(row, gone, AuditAction.SessionReplaced) : AuditRecord.Expired(gone)));
            db.AuditEvents.Add(AuditRecord.SignedIn(row));
            return new Gone(replaced, expired, crowdedOut);
        });

        if (gone is null)
            return null;

        sessions.Announce(verified.UserId, gone.Replaced, EndReason.Replaced);
        sessions.Announce(verified.UserId, gone.Expired, EndReason.Expired);
        sessions.Announce(verified.UserId, gone.CrowdedOut, EndReason.LimitReached);
        feed.Publish(new SessionChange.Started(verified.UserId, id));
        return new StartedSession(id, key, remember ? SessionLifetime.AbsoluteEnd(options, now) : null);
    }

    /// <summary>Ends the sessions that exceed the limit, those unused for longest first.</summary>
    /// <remarks>It ignores activity since the last flush: a session that is in use isn't among those unused for longest.</remarks>
    private async Task<List<Guid>> MakeRoomAsync(AccountsDbContext db, Ending limit, SessionRow row)
    {
        var live = db.Sessions.Where(s => s.UserId == limit.By.UserId.Value && s.EndedAt == null && s.ExpiresAt > limit.At);
        if (options.MaximumPerUser == 0 || await live.CountAsync() - options.MaximumPerUser + 1 is not (> 0 and var tooMany))
            return [];

        var unused = await live.OrderBy(s => s.LastActivityAt).ThenBy(s => s.StartedAt).Take(tooMany)
            .Select(s => new GoneSession(s.Id, s.UserId, s.Name, s.UserAgent, s.ClientHints, s.ExpiresAt)).ToListAsync();
        var ids = unused.ConvertAll(session => session.Id);
        var ended = await db.EndAsync(db.Sessions.Where(s => ids.Contains(s.Id)), limit);
        db.AuditEvents.AddRange(unused.Where(session => ended.Contains(session.Id)).Select(session => AuditRecord.Displaced(row, session, AuditAction.SessionEndedByLimit)));
        return ended;
    }

    private sealed record Gone(List<Guid> Replaced, List<Guid> Expired, List<Guid> CrowdedOut);
}
