namespace Accounts.AspNetCore.Cookies;

/// <summary>The names that belong to the session cookie.</summary>
public static class AccountsSession
{
    /// <summary>The authentication scheme.</summary>
    public const string Scheme = "Accounts.Session";

    /// <summary>The cookie. Its name makes browsers refuse it from sibling subdomains and over plain http; they accept it on localhost.</summary>
    internal const string CookieName = "__Host-accounts-session";

    /// <summary>The query key that carries a view of support, which has ended, to the signed-out page.</summary>
    public const string ViewParameter = "view";

    /// <summary>The query key that carries the requested address to the sign-in page.</summary>
    public const string ReturnUrlParameter = "returnUrl";
}
