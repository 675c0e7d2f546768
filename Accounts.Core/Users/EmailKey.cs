using System.Globalization;
using System.Text;
using Accounts.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Users;

/// <summary>The form in which emails are unique: the normal form in capitals, with the domain in ASCII (IDNA).</summary>
internal static class EmailKey
{
    private static readonly UpperInvariantLookupNormalizer Capitals = new();

    private static readonly IdnMapping Domains = new();

    /// <summary>The key of an email in normal form.</summary>
    public static string Of(string email) => Capitals.NormalizeEmail(InAscii(email) ?? email);

    /// <summary>
    /// The keys under which an account with this email may be stored, the first of which counts. Older versions normalized less, so an account of
    /// theirs has the key of the email as it was typed.
    /// </summary>
    /// <param name="typed">The email as it was typed.</param>
    public static IReadOnlyList<string> All(string typed)
    {
        var email = TypedText.Email(typed);
        return [.. new[] { Of(email), Capitals.NormalizeEmail(email), Capitals.NormalizeEmail(TypedText.Whole(typed.Trim())) }
            .Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The key of an email's typed beginning, before its "@".</summary>
    public static string OfBeginning(string typed) => Capitals.NormalizeEmail(TypedText.Email(typed));

    /// <summary>The account with an email, in any spelling; null if there is none.</summary>
    /// <param name="users">The accounts.</param>
    /// <param name="typed">The email as it was typed.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static async Task<User?> FindByEmailAsync(this IQueryable<User> users, string typed, CancellationToken cancellationToken)
    {
        foreach (var key in All(typed))
        {
            if (await users.SingleOrDefaultAsync(u => u.NormalizedEmail == key, cancellationToken) is { } user)
                return user;
        }

        return null;
    }

    /// <summary>
    /// Gives accounts of older versions the key of today, so that no new account gets the same email in another spelling. Where another account has
    /// that key already, the older one keeps its own.
    /// </summary>
    public static void RenewOld(AccountsDbContext db)
    {
        // A key in ASCII is the same in every version.
        const string Old = """SELECT * FROM "Users" WHERE octet_length("NormalizedEmail") > length("NormalizedEmail")""";
        var renewed =
            from user in db.Users.FromSqlRaw(Old).Select(u => new { u.Id, u.Email, u.NormalizedEmail }).AsEnumerable()
            let key = Of(TypedText.Email(user.Email))
            where !string.Equals(user.NormalizedEmail, key, StringComparison.Ordinal)
            select (user.Id, key);
        foreach (var (id, key) in renewed.ToList())
        {
            db.Users.Where(u => u.Id == id && !db.Users.Any(other => other.NormalizedEmail == key))
                .ExecuteUpdate(set => set.SetProperty(u => u.NormalizedEmail, key).SetProperty(u => u.NormalizedUserName, key));
        }
    }

    /// <summary>The email with its domain in ASCII: "ada@xn--mller-kva.example"; null if the domain can't be one.</summary>
    public static string? InAscii(string email)
    {
        var domain = email.LastIndexOf('@') + 1;
        if (Ascii.IsValid(email.AsSpan(domain)))
            return email;
        try
        {
            return email[..domain] + Domains.GetAscii(email, domain);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
