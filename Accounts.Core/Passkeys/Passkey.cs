using System.Buffers.Text;
using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.Passkeys;

/// <summary>The id of a passkey in pages and addresses: the beginning of its credential id's SHA-256. It isn't secret.</summary>
/// <param name="Value">22 characters of base64url.</param>
public readonly record struct PasskeyId(string Value)
{
    private const int Bytes = 16;

    internal static PasskeyId Of(byte[] credential) => new(Base64Url.EncodeToString(SHA256.HashData(credential).AsSpan(0, Bytes)));

    /// <summary>The id as text.</summary>
    public override string ToString() => Value;
}

/// <summary>A passkey as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, as it was typed.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="LastUsedAt">When it last signed its owner in or proved who they are; null if it never did.</param>
/// <param name="IsSynced">Whether its provider keeps a copy, so that the owner's other devices can use it.</param>
public sealed record Passkey(PasskeyId Id, string Name, DateTimeOffset AddedAt, DateTimeOffset? LastUsedAt, bool IsSynced)
{
    /// <summary>Its name for a page, inside a sentence or an attribute. See <see cref="TypedText.Isolate"/>.</summary>
    public string Title => TypedText.Isolate(Name);
}

/// <summary>What a passkey is verified with. Nothing of it is secret.</summary>
/// <param name="Id">The credential id, which the authenticator chose: 1 to 1023 bytes.</param>
/// <param name="PublicKey">The public key, in the form of COSE.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="SignCount">How often the authenticator says that the passkey was used. Synced passkeys keep 0.</param>
/// <param name="Transports">How the browser reaches the authenticator, such as <c>internal</c>.</param>
/// <param name="IsBackupEligible">Whether its provider may keep a copy.</param>
/// <param name="IsBackedUp">Whether its provider keeps a copy.</param>
public sealed record PasskeyCredential(
    byte[] Id, byte[] PublicKey, DateTimeOffset AddedAt, uint SignCount, IReadOnlyList<string> Transports, bool IsBackupEligible, bool IsBackedUp);

/// <summary>An account as a passkey's verification needs it.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">What the browser lists the passkey under: the email, or the name of an account without one.</param>
/// <param name="DisplayName">The name that pages show.</param>
/// <param name="Credentials">The account's passkeys.</param>
public sealed record PasskeyAccount(UserId Id, string Name, string DisplayName, IReadOnlyList<PasskeyCredential> Credentials);

/// <summary>What a page asks its browser for, and what the server remembers of it.</summary>
/// <param name="OptionsJson">The options for the page's script.</param>
/// <param name="State">What the answer is verified with. It stays on the server.</param>
public sealed record PasskeyChallenge(string OptionsJson, string State);

/// <summary>The form for renaming a passkey.</summary>
public sealed class RenamePasskeyInput
{
    /// <summary>Maximum length of a name, in characters as a reader counts them.</summary>
    public const int NameLimit = 60;

    /// <summary>The new name.</summary>
    public string Name { get; set; } = "";
}

internal sealed class RenamePasskeyInputValidator : AbstractValidator<RenamePasskeyInput>
{
    public RenamePasskeyInputValidator() => RuleFor(i => i.Name).Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MustFit(RenamePasskeyInput.NameLimit)
        .MustBeOneLine();
}
