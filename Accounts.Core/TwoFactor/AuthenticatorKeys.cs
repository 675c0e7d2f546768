using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OtpNet;

namespace Accounts.Core.TwoFactor;

/// <summary>Makes the keys of authenticator apps, and encrypts them with a key from the settings, if there is one.</summary>
internal sealed partial class AuthenticatorKeys
{
    /// <summary>The key's size for HMAC-SHA-1. https://www.rfc-editor.org/rfc/rfc4226#section-4</summary>
    private const int KeyBytes = 20;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly List<(string Id, byte[] Key)> _keys;

    public AuthenticatorKeys(TwoFactorOptions options) => _keys =
    [
        .. options.EncryptionKeys.Select(Convert.FromBase64String).Select(key => (Convert.ToHexStringLower(SHA256.HashData(key)[..4]), key)),
    ];

    /// <summary>Whether the settings have a key.</summary>
    public bool Encrypts => _keys.Count > 0;

    /// <summary>A new key for an app.</summary>
    public static byte[] New() => KeyGeneration.GenerateRandomKey(KeyBytes);

    /// <summary>Stores an app's key, encrypted with the first key of the settings. Only this account's row can hold it.</summary>
    public (byte[] Stored, string? KeyId) Protect(UserId user, byte[] key)
    {
        if (_keys is not [var (id, first), ..])
            return (key, null);

        var stored = new byte[NonceBytes + TagBytes + key.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(first, TagBytes);
        aes.Encrypt(
            stored.AsSpan(0, NonceBytes), key, stored.AsSpan(NonceBytes + TagBytes), stored.AsSpan(NonceBytes, TagBytes), user.Value.ToByteArray());
        return (stored, id);
    }

    /// <summary>An app's key.</summary>
    /// <exception cref="InvalidOperationException">The settings don't have the key that encrypts it. The start refuses that, too.</exception>
    /// <exception cref="AuthenticationTagMismatchException">The row was changed, or is another account's.</exception>
    public byte[] Unprotect(AuthenticatorRow row)
    {
        if (row.KeyId is not { } id)
            return row.Key;
        if (_keys.Find(key => string.Equals(key.Id, id, StringComparison.Ordinal)) is not { Key: { } encryption })
            throw new InvalidOperationException(Missing([id]));

        var key = new byte[row.Key.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(encryption, TagBytes);
        aes.Decrypt(
            row.Key.AsSpan(0, NonceBytes),
            row.Key.AsSpan(NonceBytes + TagBytes),
            row.Key.AsSpan(NonceBytes, TagBytes),
            key,
            row.UserId.ToByteArray());
        return key;
    }

    /// <summary>Whether a row is stored as the settings now say.</summary>
    public bool IsCurrent(AuthenticatorRow row) => string.Equals(row.KeyId, Encrypts ? _keys[0].Id : null, StringComparison.Ordinal);

    /// <summary>Checks at the start that every stored key can be read, and warns if none is encrypted.</summary>
    /// <exception cref="StartupException">The settings lack a key.</exception>
    public void Check(AccountsDbContext db, ILogger<AuthenticatorKeys> logger)
    {
        var used = db.Authenticators.Select(a => a.KeyId).Distinct().ToList();
        var missing = used.OfType<string>().Except(_keys.Select(key => key.Id), StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw new StartupException(Missing(missing));
        if (!Encrypts && used.Count > 0)
            Log.NotEncrypted(logger);
    }

    private static string Missing(IEnumerable<string> ids) =>
        $"TwoFactor:EncryptionKeys lacks a key that encrypts authenticator keys in the database: {string.Join(", ", ids)}. "
        + "Add the old key to the list, after the new one. Without it, the accounts concerned can sign in with a recovery code only.";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The keys of authenticator apps aren't encrypted: whoever reads the database can make codes. "
            + "Set TwoFactor:EncryptionKeys")]
        public static partial void NotEncrypted(ILogger logger);
    }
}
