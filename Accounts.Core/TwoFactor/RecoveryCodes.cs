using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.TwoFactor;

/// <summary>New recovery codes of an account, with what the database keeps of them.</summary>
/// <param name="Codes">The codes, to be shown once.</param>
/// <param name="Salt">The salt of their hashes.</param>
/// <param name="Hashes">Their hashes.</param>
internal sealed record RecoveryCodes(IReadOnlyList<TypedCode> Codes, byte[] Salt, IReadOnlyList<byte[]> Hashes)
{
    /// <summary>How many codes an account gets.</summary>
    public const int Count = 10;

    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>As many as ASP.NET Core Identity uses for a password. The codes are random, so nothing more is needed.</summary>
    private const int Iterations = 100_000;

    /// <summary>Makes new codes. It takes as long as ten passwords.</summary>
    public static RecoveryCodes New()
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        List<TypedCode> codes = [.. Enumerable.Range(0, Count).Select(_ => TypedCode.NewRecoveryCode())];
        return new RecoveryCodes(codes, salt, codes.ConvertAll(code => Hash(code, salt)));
    }

    /// <summary>The hash of a code. It takes as long as a password's.</summary>
    public static byte[] Hash(TypedCode code, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(code.Text), salt, Iterations, HashAlgorithmName.SHA512, HashBytes);

    /// <summary>Replaces all codes of an account with these.</summary>
    public async Task StoreAsync(AccountsDbContext db, AuthenticatorRow authenticator)
    {
        await db.RecoveryCodes.Where(c => c.UserId == authenticator.UserId).ExecuteDeleteAsync();
        authenticator.RecoverySalt = Salt;
        db.RecoveryCodes.AddRange(Hashes.Select(hash => new RecoveryCodeRow { UserId = authenticator.UserId, Hash = hash }));
    }
}
