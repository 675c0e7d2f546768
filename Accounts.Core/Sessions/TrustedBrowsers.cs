using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>What a browser keeps to be trusted by an account.</summary>
/// <param name="UserId">The account.</param>
/// <param name="Token">The secret, only for the browser's cookie. It works once: each sign-in brings a new one.</param>
/// <param name="ExpiresAt">When the trust ends.</param>
public sealed record BrowserTrust(UserId UserId, string Token, DateTimeOffset ExpiresAt);

/// <summary>The statements on trusted browsers.</summary>
internal static class TrustedBrowsers
{
    /// <summary>Tokens that one sign-in may try. A browser has one for each account that trusts it.</summary>
    private const int MostTokens = 20;

    /// <summary>Uses the trust of a browser up and gives it a new token, if one of its tokens is good for the account.</summary>
    /// <remarks>Of several sign-ins with the same token, one changes the row.</remarks>
    /// <returns>Null if the account doesn't trust the browser.</returns>
    public static async Task<BrowserTrust?> UseTrustAsync(
        this AccountsDbContext db, UserId user, byte[] browserHash, IReadOnlyList<string> tokens, long epoch, DateTimeOffset now)
    {
        var hashes = tokens.Take(MostTokens).Select(OneTimeToken.HashOf).OfType<byte[]>().ToList();
        if (hashes.Count == 0)
            return null;

        var good = db.TrustedBrowsers
            .Where(t => t.UserId == user.Value && t.BrowserHash == browserHash && t.Epoch == epoch && t.ExpiresAt > now);
        var known = await good.AsNoTracking().ToListAsync();
        foreach (var row in known.Where(row => hashes.Exists(hash => hash.AsSpan().SequenceEqual(row.TokenHash))))
        {
            var token = OneTimeToken.New();
            if (await good.Where(t => t.Id == row.Id && t.TokenHash == row.TokenHash)
                    .ExecuteUpdateAsync(set => set.SetProperty(t => t.TokenHash, OneTimeToken.HashOf(token)!)) == 1)
                return new BrowserTrust(user, token, row.ExpiresAt);
        }

        return null;
    }

    /// <summary>Trusts a browser, instead of what the account trusted it with before.</summary>
    public static async Task<BrowserTrust> TrustAsync(
        this AccountsDbContext db, UserId user, byte[] browserHash, long epoch, DateTimeOffset now, TimeSpan duration)
    {
        await db.TrustedBrowsers.Where(t => t.UserId == user.Value && t.BrowserHash == browserHash).ExecuteDeleteAsync();
        var token = OneTimeToken.New();
        var row = new TrustedBrowserRow
        {
            Id = Guid.CreateVersion7(now),
            UserId = user.Value,
            TokenHash = OneTimeToken.HashOf(token)!,
            BrowserHash = browserHash,
            Epoch = epoch,
            TrustedAt = now,
            ExpiresAt = now + duration,
        };
        db.TrustedBrowsers.Add(row);
        return new BrowserTrust(user, token, row.ExpiresAt);
    }

    /// <summary>Takes all trust of an account back.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="user">The account.</param>
    /// <param name="except">The session whose browser stays trusted; null for none.</param>
    /// <returns>How many browsers it was.</returns>
    public static Task<int> ForgetBrowsersAsync(this AccountsDbContext db, UserId user, SessionId? except = null)
    {
        var own = except?.Value;
        return db.TrustedBrowsers
            .Where(t => t.UserId == user.Value && !db.Sessions.Any(s => s.Id == own && s.UserId == user.Value && s.BrowserHash == t.BrowserHash))
            .ExecuteDeleteAsync();
    }

    /// <summary>Takes the trust of those browsers back whose sessions somebody has just ended from elsewhere.</summary>
    public static Task ForgetBrowsersOfAsync(this AccountsDbContext db, IReadOnlyCollection<SessionRow> ended)
    {
        var users = ended.Select(row => row.UserId).Distinct().ToList();
        var browsers = ended.Select(row => row.BrowserHash).OfType<byte[]>().ToList();
        return browsers.Count == 0
            ? Task.CompletedTask
            : db.TrustedBrowsers.Where(t => users.Contains(t.UserId) && browsers.Contains(t.BrowserHash)).ExecuteDeleteAsync();
    }

    /// <summary>Whether an ending for this reason takes the trust of the session's browser back.</summary>
    public static bool EndsTrust(this EndReason reason) =>
        reason is not (EndReason.SignedOut or EndReason.Expired or EndReason.Replaced or EndReason.LimitReached or EndReason.StaffSessionEnded);
}
