using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace IdentityUsers;

/// <summary>Adds the roles that this application gives its users.</summary>
internal sealed class ShopClaims(UserManager<IdentityUser> users) : IClaimsTransformation
{
    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        // The session's principal has the user's own id, so Identity finds its user.
        if (principal.Identity is ClaimsIdentity identity && await users.GetUserAsync(principal) is { } user)
            identity.AddClaims((await users.GetRolesAsync(user)).Select(role => new Claim(ClaimTypes.Role, role)));
        return principal;
    }
}
