using System.Buffers.Text;
using Accounts.Core.Callers;
using Accounts.Core.Settings;
using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>
/// Two-factor: how its keys are encrypted, how long browsers are trusted, and who must have it. Section <c>TwoFactor</c>.
/// </summary>
public sealed class TwoFactorOptions
{
    /// <summary>
    /// Keys that encrypt the keys of authenticator apps in the database, each 32 bytes in base64. The first one encrypts, and all decrypt: put a new
    /// key first, and keep the old ones. Empty, the default: the database holds them as they are.
    /// </summary>
    [Secret]
    public string[] EncryptionKeys { get; set; } = [];

    /// <summary>The name that an authenticator app shows, with the account's email below: "Accounts".</summary>
    public string Issuer { get; set; } = "Accounts";

    /// <summary>How long "Trust this browser" lasts: 30 days. 0 offers no trust.</summary>
    public TimeSpan TrustDuration { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long after an administrator's request two-factor is turned off: a day, in which the owner may object.</summary>
    public TimeSpan ResetDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Whether staff act only in sessions that proved two factors. Their browsers are never trusted then. Default: true.</summary>
    public bool RequiredForStaff { get; set; } = true;

    /// <summary>Whether a member of staff may act in a session in which they were verified so.</summary>
    internal bool MayActAsStaff(SignInMethods methods) => !RequiredForStaff || methods.AreTwoFactors();
}

internal sealed class TwoFactorOptionsValidator : AbstractValidator<TwoFactorOptions>
{
    /// <summary>AES-256.</summary>
    private const int EncryptionKeyBytes = 32;

    private const int IssuerLimit = 50;

    public TwoFactorOptionsValidator()
    {
        RuleFor(o => o.EncryptionKeys).Must(keys => keys.All(IsKey))
            .WithMessage("each key must be 32 bytes in base64, such as `openssl rand -base64 32` makes.");
        // Apps split the label at the first colon.
        RuleFor(o => o.Issuer).Must(name => name.Length is > 0 and <= IssuerLimit && !name.Any(c => c is ':' || char.IsControl(c)))
            .WithMessage("must have 1 to 50 characters and no colon.");
        RuleFor(o => o.TrustDuration).InclusiveBetween(TimeSpan.Zero, TimeSpan.FromDays(400)).WithMessage("must be between 0 and 400 days.");
        RuleFor(o => o.ResetDelay).InclusiveBetween(TimeSpan.Zero, TimeSpan.FromDays(30)).WithMessage("must be between 0 and 30 days.");
    }

    private static bool IsKey(string text) => Base64.IsValid(text, out var bytes) && bytes == EncryptionKeyBytes;
}
