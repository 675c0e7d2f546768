using System.Security.Cryptography;
using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Accounts.Web.Forms;

/// <summary>
/// Issues antiforgery tokens that stay valid as long as the session. Tokens of signed-in pages name their session; other pages use the framework's.
/// </summary>
/// <remarks>
/// The framework's tokens depend on a random cookie. A response that replaces the cookie breaks every open form. A link from another site or four
/// tabs opened at once can cause that. A session's token has no cookie to replace. For signed-out users, the browser's word that this origin sent the
/// form is as good as the cookie.
/// </remarks>
internal sealed class SessionAntiforgery(IAntiforgery framework, IDataProtectionProvider protection, IOptions<AntiforgeryOptions> options)
    : IAntiforgery
{
    public const string CookieName = "__Host-accounts-form";

    private readonly IDataProtector _protector = protection.CreateProtector("Accounts.SessionForms");

    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => TokensOfSession(httpContext) ?? framework.GetAndStoreTokens(httpContext);

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) => TokensOfSession(httpContext) ?? framework.GetTokens(httpContext);

    public async Task<bool> IsRequestValidAsync(HttpContext httpContext)
    {
        if (await httpContext.ReadFormOrProblemAsync() is not ({ } form, _))
            return false;
        if (httpContext.User.FindSessionId() is not { } session)
            return httpContext.Request.IsFromSameOrigin() || await framework.IsRequestValidAsync(httpContext);

        // The first of two submissions of a sign-in form may have signed the browser in by the time the second one arrives.
        return (form[options.Value.FormFieldName] is [{ } token] && Names(token, session))
            || (QueuedFormAttribute.IsOn(httpContext) && httpContext.Request.IsFromSameOrigin());
    }

    public async Task ValidateRequestAsync(HttpContext httpContext)
    {
        if (!await IsRequestValidAsync(httpContext))
            throw new AntiforgeryValidationException("The form's token isn't one of this session, or of this browser where nobody is signed in.");
    }

    public void SetCookieTokenAndHeader(HttpContext httpContext)
    {
        if (httpContext.User.FindSessionId() is null)
            framework.SetCookieTokenAndHeader(httpContext);
    }

    private AntiforgeryTokenSet? TokensOfSession(HttpContext context) => context.User.FindSessionId() is { } session
        ? new AntiforgeryTokenSet(_protector.Protect(session.ToString()), cookieToken: null, options.Value.FormFieldName, headerName: null)
        : null;

    private bool Names(string token, SessionId session)
    {
        try
        {
            return string.Equals(_protector.Unprotect(token), session.ToString(), StringComparison.Ordinal);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Replaces the framework's antiforgery service with this one, which wraps it.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddAntiforgery(o => o.Cookie = new HostCookie
        {
            Name = CookieName,
            Path = "/",
            HttpOnly = true,
            // A page opened from another site's link must see the existing cookie. Otherwise the server would set a new one.
            SameSite = SameSiteMode.Lax,
            MaxAge = BrowserIdCookie.Lifetime,
            IsEssential = true,
        });
        var framework = services.Last(service => service.ServiceType == typeof(IAntiforgery));
        services.Replace(ServiceDescriptor.Singleton<IAntiforgery>(sp => ActivatorUtilities.CreateInstance<SessionAntiforgery>(
            sp, (IAntiforgery)ActivatorUtilities.CreateInstance(sp, framework.ImplementationType!))));
    }

    /// <summary>
    /// A cookie that sibling subdomains can't set. Its name makes browsers enforce that, but also requires <c>Secure</c>. The framework refuses a
    /// <c>Secure</c> policy over plain http.
    /// </summary>
    private sealed class HostCookie : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = true;
            return options;
        }
    }
}
