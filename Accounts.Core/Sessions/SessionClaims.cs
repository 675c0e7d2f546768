using System.Security.Claims;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>What a principal says: made here from the database, never read from a cookie.</summary>
public static class SessionClaims
{
    /// <summary>The claim that holds the session's id (OpenID Connect's name for it).</summary>
    public const string SessionId = "sid";

    /// <summary>The claim that holds the mark of the key which was shown.</summary>
    internal const string KeyMark = "key_mark";

    private const string AuthenticationType = "Accounts.Session";

    internal static ClaimsPrincipal Principal(SessionRow row, User user, IEnumerable<string> roles)
    {
        var identity = new ClaimsIdentity(AuthenticationType, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, row.UserId.ToString()));
        identity.AddClaim(new Claim(SessionId, row.Id.ToString()));
        identity.AddClaim(new Claim(KeyMark, SessionKey.Mark(row.KeyHash)));
        identity.AddClaim(new Claim(ClaimTypes.Name, user.DisplayName));
        identity.AddClaim(new Claim(ClaimTypes.Email, user.Email ?? ""));
        foreach (var role in roles)
            identity.AddClaim(new Claim(ClaimTypes.Role, role));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The same person, to whoever shows another key.</summary>
    internal static ClaimsPrincipal WithKey(this ClaimsPrincipal principal, ReadOnlySpan<byte> keyHash)
    {
        var claims = principal.Claims.Where(claim => !string.Equals(claim.Type, KeyMark, StringComparison.Ordinal));
        return new ClaimsPrincipal(new ClaimsIdentity([.. claims, new Claim(KeyMark, SessionKey.Mark(keyHash))], AuthenticationType, ClaimTypes.Name, ClaimTypes.Role));
    }

    /// <summary>The mark of the key that was shown; null for a principal that no session stands behind.</summary>
    public static string? FindKeyMark(this ClaimsPrincipal principal) => principal.FindFirst(KeyMark)?.Value;

    /// <summary>The session behind a principal; null for one that no session stands behind.</summary>
    public static SessionId? FindSessionId(this ClaimsPrincipal principal) =>
        Users.SessionId.TryParse(principal.FindFirst(SessionId)?.Value, out var id) ? id : null;
}
