using System.Buffers.Binary;
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
    /// <summary>Characters, as a reader counts them: see <see cref="TypedText.Fits"/>.</summary>
    public const int NameLimit = 100;

    public const int ExternalIdLimit = 255;

    /// <summary>The stamp of every new account that an application brought, until it changes for the first time.</summary>
    /// <remarks>So a proof can hold the stamp before there is an account. Everybody knows it: never make a secret from a stamp.</remarks>
    public const string FirstStamp = "first";

    public required string DisplayName
    {
        get;
        set
        {
            field = value;
            RenewNameKeys();
        }
    }

    /// <summary>What support finds the name by; null in rows that an older version wrote. Setting <see cref="DisplayName"/> sets it.</summary>
    public string? NameKey { get; private set; }

    /// <summary>What support finds the name's last word by; null if there is no other word.</summary>
    public string? LastNameKey { get; private set; }

    /// <summary>The name of a plan in the settings; null for the default plan.</summary>
    public string? Plan { get; set; }

    /// <summary>The application's own id of the user; null for an account of ours. https://www.rfc-editor.org/rfc/rfc7643#section-3.1</summary>
    public string? ExternalId { get; set; }

    /// <summary>When an administrator disabled the account; null if they didn't. A disabled account starts no session.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Whether the next sign-in must choose a new password.</summary>
    public bool NewPasswordRequired { get; set; }

    /// <summary>When the account is deleted for good; null if it isn't to be deleted. Until then it starts no session.</summary>
    public DateTimeOffset? DeletionDueAt { get; set; }

    /// <summary>Whether the owner asked for the deletion. Then they may take it back when they sign in.</summary>
    public bool DeletedByOwner { get; set; }

    /// <summary>When an administrator's reset turns two-factor off; null if none was asked for.</summary>
    public DateTimeOffset? TwoFactorResetAt { get; set; }

    /// <summary>When the account was made, which its id says (RFC 9562, version 7); null for another kind of id.</summary>
    public DateTimeOffset? Since
    {
        get
        {
            if (Id.Version != 7)
                return null;
            Span<byte> bytes = stackalloc byte[16];
            Id.TryWriteBytes(bytes, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
        }
    }

    /// <summary>Whether the account may start sessions.</summary>
    public bool IsOpen => DisabledAt is null && DeletionDueAt is null;

    /// <summary>Whether the time to take the deletion back is over. Then the account counts as gone. Its rows are erased a little later.</summary>
    public bool IsGone(DateTimeOffset now) => DeletionDueAt <= now;

    /// <summary>A new account without a password. Its email is also its user name. Both texts are in normal form.</summary>
    public static User New(DateTimeOffset now, string name, string email)
    {
        var normalized = EmailKey.Of(email);
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

    public void RenewNameKeys() => (NameKey, LastNameKey) = (Users.NameKey.Of(DisplayName), Users.NameKey.OfLastWord(DisplayName));

    public void RenewStamp() => SecurityStamp = Guid.NewGuid().ToString("N");
}

/// <summary>A user's data as the pages show it.</summary>
/// <param name="Id">The user.</param>
/// <param name="Name">The name.</param>
/// <param name="Email">The email; null if the application that brought the account gave none.</param>
public sealed record Profile(UserId Id, string Name, string? Email);
