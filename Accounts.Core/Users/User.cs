using Microsoft.AspNetCore.Identity;

namespace Accounts.Core.Users;

/// <summary>A person's account, as ASP.NET Core Identity stores it, and the name that the pages show.</summary>
/// <remarks><c>SecurityStamp</c> is the mark of "everything before this is void": it changes with the password and with every mass ending, and a sign-in that began before is refused.</remarks>
internal sealed class User : IdentityUser<Guid>
{
    public const int NameLimit = 100;

    public required string DisplayName { get; set; }

    /// <summary>One of the plans of the settings; null for the default one.</summary>
    public string? Plan { get; set; }

    /// <summary>A new account without a password yet; its e-mail address is also its user name.</summary>
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

/// <summary>What the pages say of a person.</summary>
public sealed record Profile(UserId Id, string Name, string Email);
