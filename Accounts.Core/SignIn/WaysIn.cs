using Accounts.Core.Mail;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>Knows whether an account can still be signed in to. Whoever takes a way in away asks, under the account's lock.</summary>
internal sealed class WaysIn(Outbox outbox, SignInProviders providers)
{
    /// <summary>Whether there is a way in. An emailed link is one if the application sends emails and the owner has confirmed the address.</summary>
    /// <param name="db">The transaction or the context.</param>
    /// <param name="account">The account.</param>
    /// <param name="passkeys">How many passkeys it will have that can sign in.</param>
    /// <param name="except">The linked account that is about to go; null if none is.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<bool> AreLeftAsync(
        AccountsDbContext db, User account, int passkeys, Guid? except = null, CancellationToken cancellationToken = default)
    {
        if (account.PasswordHash is not null || account.ExternalId is not null || passkeys > 0
            || (outbox.IsOn && account is { Email: not null, EmailConfirmed: true }))
        {
            return true;
        }

        // A provider that the application no longer offers lets nobody in.
        List<string> offered = [.. providers.All.Select(one => one.Issuer)];
        return offered.Count > 0
            && await db.LinkedAccounts.AnyAsync(l => l.UserId == account.Id && l.Id != except && offered.Contains(l.Issuer), cancellationToken);
    }

    /// <summary>Whether the account's owner can confirm in a session who they are.</summary>
    /// <param name="db">The transaction or the context.</param>
    /// <param name="account">The account.</param>
    /// <param name="passkeys">How many passkeys it has that can confirm.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<bool> CanConfirmAsync(AccountsDbContext db, User account, int passkeys, CancellationToken cancellationToken)
    {
        if (account.PasswordHash is not null || account.TwoFactorEnabled || passkeys > 0 || (outbox.IsOn && account.Email is not null))
            return true;

        List<string> confirming = [.. providers.All.Where(one => one.MayConfirm).Select(one => one.Issuer)];
        return confirming.Count > 0
            && await db.LinkedAccounts.AnyAsync(l => l.UserId == account.Id && confirming.Contains(l.Issuer), cancellationToken);
    }
}
