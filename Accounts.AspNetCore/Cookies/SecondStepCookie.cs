using Accounts.Core.Callers;
using Accounts.Core.Sessions;

namespace Accounts.AspNetCore.Cookies;

/// <summary>The cookies of two-factor: what a browser keeps between the steps of a sign-in, and what it keeps to be trusted by an account.</summary>
public static class SecondStepCookie
{
    private const string StepName = "__Host-accounts-step";

    /// <summary>The account's id follows. So two accounts can trust one browser.</summary>
    private const string TrustPrefix = "__Host-accounts-trust-";

    /// <summary>Keeps the token of a sign-in that waits for its second step, until the browser closes. Call it before the response starts.</summary>
    public static void WriteSecondStep(this HttpContext context, string token) => Set(context, StepName, token, null);

    /// <summary>The token of the sign-in that waits in this browser; null if there is none.</summary>
    public static string? ReadSecondStep(this HttpContext context) => context.Request.Cookies[StepName];

    /// <summary>Forgets the sign-in that waits, because it was finished or has run out.</summary>
    public static void DeleteSecondStep(this HttpContext context) => context.Response.Cookies.Delete(StepName, Options(null));

    /// <summary>What the browser shows to be trusted by its accounts.</summary>
    internal static IReadOnlyList<string> ReadTrust(HttpContext context) =>
        [.. context.Request.Cookies.Where(cookie => cookie.Key.StartsWith(TrustPrefix, StringComparison.Ordinal)).Select(cookie => cookie.Value)];

    internal static void WriteTrust(HttpContext context, BrowserTrust trust) =>
        Set(context, TrustPrefix + trust.UserId.Value.ToString("N"), trust.Token, trust.ExpiresAt);

    private static void Set(HttpContext context, string name, string value, DateTimeOffset? expires) =>
        context.Response.Cookies.Append(name, value, Options(expires));

    private static CookieOptions Options(DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };
}
