using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>The claims of a principal. They come from the database, never from a cookie.</summary>
public static class SessionClaims
{
    /// <summary>The claim with the session's id, named as in OpenID Connect.</summary>
    internal const string SessionId = "sid";

    /// <summary>The claim with the mark of the key that the request used.</summary>
    internal const string KeyMark = "key_mark";

    /// <summary>The claim with the actor of a view of support, as JSON. https://www.rfc-editor.org/rfc/rfc8693#section-4.1</summary>
    internal const string Actor = "act";

    /// <summary>The claim of a session with two factors, with the value <see cref="TwoFactors"/>.</summary>
    /// <remarks>https://www.rfc-editor.org/rfc/rfc8176#section-2</remarks>
    internal const string Methods = "amr";

    internal const string TwoFactors = "mfa";

    private const string AuthenticationType = "Accounts.Session";

    /// <summary>The issuer of these claims. It tells them from claims that the application adds.</summary>
    private const string Issuer = "Accounts";

    /// <param name="session">The session.</param>
    /// <param name="keyMark">The mark of its key.</param>
    /// <param name="user">The account's owner.</param>
    /// <param name="actor">The member of staff who views the account; null if the owner acts.</param>
    internal static ClaimsPrincipal Principal(SessionId session, string keyMark, UserProfile user, UserId? actor = null)
    {
        var identity = new ClaimsIdentity(AuthenticationType, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(New(ClaimTypes.NameIdentifier, user.ExternalId ?? user.Id.ToString()));
        identity.AddClaim(New(SessionId, session.ToString()));
        identity.AddClaim(New(KeyMark, keyMark));
        identity.AddClaim(New(ClaimTypes.Name, user.Name));
        if (user.Email is not null)
            identity.AddClaim(New(ClaimTypes.Email, user.Email));
        foreach (var role in user.Roles)
            identity.AddClaim(New(ClaimTypes.Role, role));
        if (actor is not null)
            identity.AddClaim(New(Actor, $$"""{"sub":"{{actor}}"}"""));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The same principal for another key.</summary>
    internal static ClaimsPrincipal WithKey(this ClaimsPrincipal principal, string? keyMark)
    {
        var claims = principal.Claims.Where(claim => !string.Equals(claim.Type, KeyMark, StringComparison.Ordinal));
        if (keyMark is not null)
            claims = claims.Append(New(KeyMark, keyMark));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, AuthenticationType, ClaimTypes.Name, ClaimTypes.Role));
    }

    /// <summary>The same principal, if need be with the claim that the session has proved two factors.</summary>
    internal static ClaimsPrincipal WithMethods(this ClaimsPrincipal principal, SignInMethods methods) =>
        !methods.AreTwoFactors() || principal.HasTwoFactors()
            ? principal
            : new ClaimsPrincipal(new ClaimsIdentity(
                principal.Claims.Append(New(Methods, TwoFactors)), AuthenticationType, ClaimTypes.Name, ClaimTypes.Role));

    /// <summary>Whether the principal's session has proved two factors, at the sign-in or since.</summary>
    public static bool HasTwoFactors(this ClaimsPrincipal principal) =>
        principal.HasClaim(claim => claim is { Type: Methods, Value: TwoFactors, Issuer: Issuer });

    /// <summary>What Accounts says of a principal's user and session. The key doesn't belong to it.</summary>
    internal static IEnumerable<(string Type, string Value)> Own(this ClaimsPrincipal principal) => principal.Claims
        .Where(claim => IsOwn(claim) && !string.Equals(claim.Type, KeyMark, StringComparison.Ordinal))
        .Select(claim => (claim.Type, claim.Value));

    /// <summary>Adds to a new principal what the application added to an older one, such as roles of its own.</summary>
    internal static ClaimsPrincipal WithOthersOf(this ClaimsPrincipal principal, ClaimsPrincipal older)
    {
        foreach (var identity in older.Identities)
        {
            if (identity.AuthenticationType is AuthenticationType)
                ((ClaimsIdentity)principal.Identity!).AddClaims(identity.Claims.Where(claim => !IsOwn(claim)).Select(claim => claim.Clone()));
            else
                principal.AddIdentity(identity.Clone());
        }

        return principal;
    }

    /// <summary>The mark of the key that the request used; null for a principal without a session.</summary>
    public static string? FindKeyMark(this ClaimsPrincipal principal) => principal.FindFirst(KeyMark)?.Value;

    /// <summary>The principal's session; null for a principal without a session, such as one that another provider made.</summary>
    public static SessionId? FindSessionId(this ClaimsPrincipal principal) =>
        principal.Identity?.AuthenticationType is AuthenticationType && Callers.SessionId.TryParse(principal.FindFirst(SessionId)?.Value, out var id)
            ? id
            : null;

    /// <summary>Whether a member of staff views the principal's account. Such a principal changes nothing.</summary>
    public static bool IsSupportView(this ClaimsPrincipal principal) =>
        principal.FindFirst(claim => claim.Type is Actor && IsOwn(claim)) is not null;

    private static Claim New(string type, string value) => new(type, value, ClaimValueTypes.String, Issuer);

    private static bool IsOwn(Claim claim) => string.Equals(claim.Issuer, Issuer, StringComparison.Ordinal);
}

/// <summary>What a principal says of its user, as the database has it.</summary>
/// <param name="Id">The user.</param>
/// <param name="ExternalId">The application's own id of the user, by which its code knows them; null for an account of ours.</param>
/// <param name="Name">The name that pages show.</param>
/// <param name="Email">The email; null if there is none.</param>
/// <param name="Roles">The names of the user's roles.</param>
/// <param name="Number">It tells an older profile from a newer one; see <see cref="SessionRegistry.NextChange"/>.</param>
internal sealed record UserProfile(UserId Id, string? ExternalId, string Name, string? Email, IReadOnlyList<string> Roles, long Number)
{
    /// <exception cref="InvalidOperationException">There is no such account.</exception>
    public static async Task<UserProfile> ReadAsync(AccountsDbContext db, UserId id, long number, CancellationToken cancellationToken = default)
    {
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == id.Value, cancellationToken);
        return new UserProfile(
            id, user.ExternalId, user.DisplayName, user.Email, await db.FindRoleNamesAsync(id, cancellationToken), number);
    }
}
