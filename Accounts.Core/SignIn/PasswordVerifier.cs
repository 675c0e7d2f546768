using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>Checks an account's password. A hash that is weaker than a new one would be is renewed at once, while the password is known.</summary>
internal sealed class PasswordVerifier(AccountsDatabase database)
{
    /// <summary>Whether this is the account's password. If its hash was renewed, the given account has the new one.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; the hash is as before.</exception>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited; the hash is as before.</exception>
    public async Task<bool> VerifyAsync(HashPlace place, User? user, string password, CancellationToken cancellationToken)
    {
        var check = await place.VerifyAsync(user, password, cancellationToken);
        if (check == PasswordCheck.RightButWeak)
            await RenewAsync(user!, await place.HashAsync(user!, password, cancellationToken), cancellationToken);
        return check != PasswordCheck.Wrong;
    }

    /// <summary>Whether the account has another password than when it was checked. A renewed hash alone isn't another password.</summary>
    public static bool IsChanged(User now, User then) =>
        !string.Equals(now.PasswordHash, then.PasswordHash, StringComparison.Ordinal)
        && !string.Equals(now.SecurityStamp, then.SecurityStamp, StringComparison.Ordinal);

    private async Task RenewAsync(User user, string hash, CancellationToken cancellationToken)
    {
        var weak = user.PasswordHash;
        // If the password has changed meanwhile, its hash is new already.
        await database.WriteAsync(
            WritePriority.Ordinary,
            db => db.Users.Where(u => u.Id == user.Id && u.PasswordHash == weak)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash)),
            cancellationToken);
        user.PasswordHash = hash;
    }
}
