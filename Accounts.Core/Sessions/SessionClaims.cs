using System.Security.Claims;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>The claims of a principal. They come from the database, never from a cookie.</summary>
public static class SessionClaims
{
    /// <summary>The claim with the session's id, named as in OpenID Connect.</summary>
    public const string SessionId = "sid";

    /// <summary>The claim with the mark of the key that the request used.</summary>
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

    /// <summary>The same principal for another key.</summary>
    internal static ClaimsPrincipal WithKey(this ClaimsPrincipal principal, ReadOnlySpan<byte> keyHash)
    {
        var claims = principal.Claims.Where(claim => !string.Equals(claim.Type, KeyMark, StringComparison.Ordinal));
        return new ClaimsPrincipal(new ClaimsIdentity([.. claims, new Claim(KeyMark, SessionKey.Mark(keyHash))], AuthenticationType, ClaimTypes.Name, ClaimTypes.Role));
    }

    /// <summary>The mark of the key that the request used; null for a principal without a session.</summary>
    public static string? FindKeyMark(this ClaimsPrincipal principal) => principal.FindFirst(KeyMark)?.Value;

    /// <summary>The principal's session; null for a principal without a session.</summary>
    public static SessionId? FindSessionId(this ClaimsPrincipal principal) =>
        Users.SessionId.TryParse(principal.FindFirst(SessionId)?.Value, out var id) ? id : null;
}
