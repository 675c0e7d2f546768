using System.Security.Cryptography;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Administration;

/// <summary>The four accounts to try the product with. Only an application in Development asks for them.</summary>
/// <remarks>What Ada gets is history: sessions that are over. A live one exists only where somebody has signed in.</remarks>
public sealed class DemoAccounts
{
    public const string Password = "demo-Passphrase-1";

    /// <summary>Their names, e-mail addresses and roles; a role of null is a plain user.</summary>
    public static readonly IReadOnlyList<(string Name, string Email, string? Role)> All =
    [
        ("Ada Lovelace", "ada@example.test", null),
        ("Grace Hopper", "grace@example.test", null),
        ("Sam Keller", "sam@example.test", Roles.Support),
        ("Root Admin", "root@example.test", Roles.Administrator),
    ];

    private readonly AccountsDatabase _database;
    private readonly IPasswordHasher<User> _hasher;
    private readonly ILookupNormalizer _normalizer;
    private readonly TimeProvider _time;

    internal DemoAccounts(AccountsDatabase database, IPasswordHasher<User> hasher, ILookupNormalizer normalizer, TimeProvider time)
    {
        _database = database;
        _hasher = hasher;
        _normalizer = normalizer;
        _time = time;
    }

    /// <summary>Makes those of the accounts that are missing, all of them in one transaction.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing was made.</exception>
    public Task SeedAsync()
    {
        var now = _time.GetUtcNow();
        return _database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            foreach (var (name, email, role) in All)
            {
                var user = User.New(now, name, email, _normalizer);
                if (await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail))
                    continue;

                user.PasswordHash = _hasher.HashPassword(user, Password);
                db.Users.Add(user);
                if (role is not null)
                    db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = Role(db, role, now).Id });
                if (name.StartsWith("Ada", StringComparison.Ordinal))
                    db.Sessions.AddRange(HistoryOf(user.Id, now));
            }

            return true;
        });
    }

    private static IdentityRole<Guid> Role(AccountsDbContext db, string name, DateTimeOffset now)
    {
        var normalized = name.ToUpperInvariant();
        var role = db.Roles.SingleOrDefault(r => r.NormalizedName == normalized);
        if (role is null)
        {
            role = new IdentityRole<Guid> { Id = Guid.CreateVersion7(now), Name = name, NormalizedName = normalized };
            db.Roles.Add(role);
        }

        return role;
    }

    private static IEnumerable<SessionRow> HistoryOf(Guid user, DateTimeOffset now)
    {
        const string windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36";
        const string iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
        const string linux = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
        var desktop = RandomNumberGenerator.GetBytes(32);

        // Addresses from the blocks that are set aside for documentation (RFC 5737).
        yield return Over(user, desktop, windows, "203.0.113.7", now.AddDays(-12), TimeSpan.FromHours(33), EndReason.SignedOut, 41);
        yield return Over(user, desktop, windows, "203.0.113.7", now.AddDays(-9), TimeSpan.FromHours(50), EndReason.SignedOut, 28);
        yield return Over(user, RandomNumberGenerator.GetBytes(32), linux, "192.0.2.61", now.AddDays(-6), TimeSpan.FromHours(4), EndReason.Expired, 3);
        yield return Over(user, RandomNumberGenerator.GetBytes(32), iphone, "198.51.100.24", now.AddDays(-40), TimeSpan.FromDays(35), EndReason.Expired, 212);
    }

    private static SessionRow Over(Guid user, byte[] browser, string userAgent, string address, DateTimeOffset from, TimeSpan length, EndReason reason, int pages)
    {
        var id = Guid.CreateVersion7(from);
        var byItself = reason == EndReason.SignedOut;
        return new SessionRow
        {
            Id = id,
            UserId = user,
            // No key has this hash: nobody can come back with it.
            KeyHash = RandomNumberGenerator.GetBytes(32),
            BrowserHash = browser,
            StartedAt = from,
            LastActivityAt = from + length,
            ExpiresAt = from + length,
            Remembered = true,
            Method = SignInMethod.Password,
            UserAgent = userAgent,
            SignInAddress = address,
            LastAddress = address,
            PagesVisited = pages,
            EndedAt = from + length,
            EndReason = reason,
            EndedByUserId = byItself ? user : null,
            EndedBySessionId = byItself ? id : null,
        };
    }
}

/// <summary>What staff may be. A plain user has no role.</summary>
public static class Roles
{
    public const string Support = "Support";
    public const string Administrator = "Administrator";
}
