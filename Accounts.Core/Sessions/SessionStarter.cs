using Accounts.Core.Audit;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Somebody who has proved who they are, and the stamp of the account at the moment of the proof.</summary>
internal sealed record VerifiedUser(UserId UserId, string Stamp, SignInMethod Method);

/// <summary>The one place where a session starts.</summary>
internal sealed class SessionStarter(AccountsDatabase database, SessionService sessions, SessionFeed feed, PlaceFinder places, SessionOptions options, TimeProvider time)
{
    /// <summary>
    /// Starts a session under the person's lock, if what was proved still holds: an ending of everything that committed after the proof has
    /// changed the stamp, and the sign-in that was half way does not survive it. A live session of the same person in the same browser is replaced.
    /// </summary>
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

        var gone = await database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            var user = await db.LockUserAsync(verified.UserId);
            if (user is null || !string.Equals(user.SecurityStamp, verified.Stamp, StringComparison.Ordinal))
                return null;

            var ghosts = db.Sessions.Where(s => s.UserId == user.Id && s.BrowserHash == browser && s.EndedAt == null);
            var replaced = await db.EndAsync(ghosts, ending);
            // What the clock has ended and the sweeper has not found yet would stand in the new session's way.
            var before = db.Sessions.Where(s => s.UserId == user.Id);
            var here = before.Where(s => s.BrowserHash == browser);
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
                // What the person calls this browser stays when they sign in to it again.
                Name = await here.OrderByDescending(s => s.StartedAt).Select(s => s.Name).FirstOrDefaultAsync(),
                NewBrowser = await before.AnyAsync() && !await here.AnyAsync(),
                NewCountry = country is not null && await before.AnyAsync(s => s.SignInCountry != null) && !await before.AnyAsync(s => s.SignInCountry == country),
            };
            db.Sessions.Add(row);
            db.AuditEvents.Add(new AuditEventRow(now, AuditAction.SignedIn, user.Id)
            {
                ActorUserId = user.Id,
                ActorSessionId = id.Value,
                SessionId = id.Value,
                Address = client.Address,
            });
            return new Ghosts(replaced, expired);
        });

        if (gone is null)
            return null;

        sessions.Announce(verified.UserId, gone.Replaced, EndReason.Replaced);
        sessions.Announce(verified.UserId, gone.Expired, EndReason.Expired);
        feed.Publish(new SessionChange.Started(verified.UserId, id));
        return new StartedSession(id, key, remember ? SessionLifetime.AbsoluteEnd(options, now) : null);
    }

    private sealed record Ghosts(List<Guid> Replaced, List<Guid> Expired);
}
