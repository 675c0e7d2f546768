using Accounts.Core.Callers;
using Microsoft.AspNetCore.Identity;

namespace Accounts.Core.Users;

/// <summary>A user's account, as ASP.NET Core Identity stores it, with the name that the pages show.</summary>
/// <remarks>
/// <c>SecurityStamp</c> changes with the password and whenever all sessions are ended at once. A sign-in that verified its password before the
/// change is refused.
/// </remarks>
internal sealed class User : IdentityUser<Guid>
{
    public const int NameLimit = 100;

    public required string DisplayName { get; set; }

    /// <summary>The name of a plan in the settings; null for the default plan.</summary>
    public string? Plan { get; set; }

    /// <summary>A new account without a password. Its email is also its user name.</summary>
    public static User New(DateTimeOffset now, string name, string email, ILookupNormalizer normalizer)
    {
        var normalized = normalizer.NormalizeEmail(email);
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            DisplayName = name,
            UserName = email,
            NormalizedUserName = normalized,
            Email = email,
            NormalizedEmail = normalized,
        };
        user.RenewStamp();
        return user;
    }

    public void RenewStamp() => SecurityStamp = Guid.NewGuid().ToString("N");
}

/// <summary>A user's data as the pages show it.</summary>
public sealed record Profile(UserId Id, string Name, string Email);
