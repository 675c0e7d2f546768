using Accounts.Core.Administration;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Demo;

/// <summary>Four accounts for trying the product. Only an application in Development creates them.</summary>
/// <remarks>Ada also gets ended sessions (<see cref="DemoHistory"/>). Live sessions come only from real sign-ins.</remarks>
public sealed class DemoAccounts
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "demo-Passphrase-1";

    /// <summary>The accounts' names, email addresses and roles. A null role is a plain user.</summary>
    public static readonly IReadOnlyList<(string Name, string Email, string? Role)> All =
    [
        ("Ada Lovelace", "ada@example.test", null),
        ("Grace Hopper", "grace@example.test", null),
        ("Sam Keller", "sam@example.test", Roles.Support),
        ("Root Admin", "root@example.test", Roles.Administrator),
    ];

    private readonly AccountsDatabase _database;
    private readonly IPasswordHasher<User> _hasher;
    private readonly TimeProvider _time;

    internal DemoAccounts(AccountsDatabase database, IPasswordHasher<User> hasher, TimeProvider time)
    {
        _database = database;
        _hasher = hasher;
        _time = time;
    }

    /// <summary>Creates the missing accounts in one transaction.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; no account was created.</exception>
    public Task SeedAsync()
    {
        var now = _time.GetUtcNow();
        return _database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            foreach (var (name, email, role) in All)
            {
                var user = User.New(now, name, email);
                if (await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail))
                    continue;

                (user.PasswordHash, user.EmailConfirmed) = (_hasher.HashPassword(user, Password), true);
                db.Users.Add(user);
                if (role is not null)
                    db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = await RoleGrants.FindOrAddAsync(db, role, now) });
                if (name.StartsWith("Ada", StringComparison.Ordinal))
                {
                    var history = DemoHistory.Of(user.Id, now).ToList();
                    db.Sessions.AddRange(history);
                    db.AuditEvents.AddRange(DemoHistory.EventsOf(history));
                }
            }

            return true;
        });
    }
}
