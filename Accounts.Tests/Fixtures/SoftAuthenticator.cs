using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Accounts.Tests.Fixtures;

/// <summary>An authenticator in software with one passkey, so that a test can answer a question in any wrong way.</summary>
/// <remarks>It writes the few bytes of CBOR by hand: https://www.w3.org/TR/webauthn-3/#sctn-attestation.</remarks>
internal sealed class SoftAuthenticator : IDisposable
{
    private const byte Present = 1;
    private const byte Verified = 4;
    private const byte BackupEligible = 8;
    private const byte BackedUp = 16;
    private const byte HasKey = 64;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] CredentialId { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The counter. It rises with each answer unless the passkey is synced.</summary>
    public uint Count { get; set; }

    /// <summary>Whether a provider keeps a copy. Such a passkey counts nothing.</summary>
    public bool IsSynced { get; init; }

    /// <summary>Whether the user unlocked the authenticator.</summary>
    public bool VerifiesUser { get; set; } = true;

    /// <summary>The page that asks; null for the one that the test names.</summary>
    public string? Origin { get; set; }

    /// <summary>The domain; null for the one in the options.</summary>
    public string? Domain { get; set; }

    /// <summary>The account that the answer names: what the options for the new passkey gave. A test may set another one.</summary>
    public byte[] UserHandle { get; set; } = [];

    /// <summary>Makes the passkey.</summary>
    /// <param name="options">The options as JSON.</param>
    /// <param name="site">The site.</param>
    /// <returns>The answer as JSON.</returns>
    public string Create(JsonElement options, Uri site)
    {
        UserHandle = Base64Url.DecodeFromChars(options.GetProperty("user").GetProperty("id").GetString());
        var domain = options.GetProperty("rp").TryGetProperty("id", out var id) ? id.GetString()! : site.Host;
        var point = _key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data =
        [
            .. AuthenticatorData(domain, HasKey), .. new byte[16],
            (byte)(CredentialId.Length >> 8), (byte)CredentialId.Length, .. CredentialId, .. cose,
        ];
        byte[] attestation =
        [
            0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8,
            0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data,
        ];
        return Answer(new
        {
            clientDataJSON = Text(ClientData("webauthn.create", options, site)),
            attestationObject = Text(attestation),
            transports = new[] { "internal" },
        });
    }

    /// <summary>Answers with the passkey.</summary>
    /// <inheritdoc cref="Create"/>
    public string Get(JsonElement options, Uri site)
    {
        if (!IsSynced)
            Count++;
        var client = ClientData("webauthn.get", options, site);
        var data = AuthenticatorData(options.TryGetProperty("rpId", out var id) ? id.GetString()! : site.Host, 0);
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Answer(new
        {
            clientDataJSON = Text(client),
            authenticatorData = Text(data),
            signature = Text(_key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            userHandle = Text(UserHandle),
        });
    }

    public void Dispose() => _key.Dispose();

    private byte[] AuthenticatorData(string domain, byte flags)
    {
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        flags |= (byte)(Present | (VerifiesUser ? Verified : 0) | (IsSynced ? BackupEligible | BackedUp : 0));
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain ?? domain)), flags, .. count];
    }

    private byte[] ClientData(string type, JsonElement options, Uri site) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = options.GetProperty("challenge").GetString(),
        origin = Origin ?? site.GetLeftPart(UriPartial.Authority),
        crossOrigin = false,
    });

    private string Answer(object response) => JsonSerializer.Serialize(new
    {
        id = Text(CredentialId),
        rawId = Text(CredentialId),
        type = "public-key",
        authenticatorAttachment = "platform",
        clientExtensionResults = new { },
        response,
    });

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
