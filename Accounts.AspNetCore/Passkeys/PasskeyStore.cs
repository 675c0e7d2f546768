using Accounts.Core.Passkeys;
using Microsoft.AspNetCore.Identity;

namespace Accounts.AspNetCore.Passkeys;

/// <summary>Shows one account to Identity's passkey handler. It changes nothing: the core stores what a verification finds.</summary>
internal sealed class PasskeyStore : IUserPasskeyStore<PasskeyAccount>
{
    /// <summary>The account; null if the handler may know none.</summary>
    public PasskeyAccount? Account { get; set; }

    public Task<PasskeyAccount?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(string.Equals(Account?.Id.ToString(), userId, StringComparison.OrdinalIgnoreCase) ? Account : null);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyAccount user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Credentials.Select(Show)]);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyAccount user, byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(user.Credentials.Where(one => one.Id.AsSpan().SequenceEqual(credentialId)).Select(Show).FirstOrDefault());

    /// <summary>The account if the passkey is one of its own. Whether another account has it, the core asks when it adds the passkey.</summary>
    public Task<PasskeyAccount?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(Account?.Credentials.Any(one => one.Id.AsSpan().SequenceEqual(credentialId)) == true ? Account : null);

    public Task<string> GetUserIdAsync(PasskeyAccount user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(PasskeyAccount user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyAccount user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Name);

    public Task<PasskeyAccount?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Task.FromResult<PasskeyAccount?>(null);

    public Task AddOrUpdatePasskeyAsync(PasskeyAccount user, UserPasskeyInfo passkey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task RemovePasskeyAsync(PasskeyAccount user, byte[] credentialId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SetUserNameAsync(PasskeyAccount user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(PasskeyAccount user, string? normalizedName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
        // It holds nothing.
    }

    private static UserPasskeyInfo Show(PasskeyCredential one) => new(
        one.Id, one.PublicKey, one.AddedAt, one.SignCount, [.. one.Transports], isUserVerified: true, one.IsBackupEligible, one.IsBackedUp, [], []);
}
