using System.Globalization;

namespace Accounts.Core.Users;

/// <summary>An email of which only the beginnings are shown: <c>a•••@e•••.test</c>.</summary>
internal static class MaskedEmail
{
    private const string Hidden = "•••";

    public static string Of(string email)
    {
        var at = email.LastIndexOf('@');
        if (at <= 0)
            return Hidden;
        var domain = email[(at + 1)..];
        var dot = domain.LastIndexOf('.');
        return $"{First(email)}{Hidden}@{First(domain)}{Hidden}{(dot > 0 ? domain[dot..] : "")}";
    }

    private static string First(string text) => StringInfo.GetNextTextElement(text);
}
