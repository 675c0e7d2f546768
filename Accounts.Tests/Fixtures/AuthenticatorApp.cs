using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.TwoFactor;

namespace Accounts.Tests.Fixtures;

/// <summary>An authenticator app with one account, written from RFC 6238 and RFC 4226.</summary>
/// <param name="key">The key as a page shows it: base32, with spaces.</param>
internal sealed class AuthenticatorApp(string key)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly byte[] _key = Decode(key.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Sets the app up for the caller's account and turns two-factor on, at the host's time.</summary>
    /// <returns>The app, the outcome with the recovery codes, and the caller with the session's new key.</returns>
    public static async Task<(AuthenticatorApp App, TwoFactorOutcome.WithCodes On, Caller Caller)> TurnOnAsync(
        CoreHost host, Caller caller, bool endOtherSessions = false)
    {
        var settings = host.Get<TwoFactorSettings>();
        var setup = Assert.IsType<TwoFactorOutcome.SettingUp>(await settings.BeginAsync(caller));
        var app = new AuthenticatorApp(setup.Key);
        var input = new ChangeTwoFactorInput { Code = app.CodeAt(host.Clock.GetUtcNow()), EndOtherSessions = endOtherSessions };
        var on = Assert.IsType<TwoFactorOutcome.WithCodes>(await settings.TurnOnAsync(caller, input));
        // The code of the setup is used up.
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        var live = await host.Authenticator.AuthenticateAsync(on.Session!.Id, on.Session.Key.Reveal());
        return (app, on, live!.ToCaller());
    }

    /// <summary>The six digits that the app shows at a time.</summary>
    public string CodeAt(DateTimeOffset time)
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, time.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // The algorithm of authenticator apps.
        var hash = HMACSHA1.HashData(_key, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString(Base32.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(part => part.Length == 8).Select(part => Convert.ToByte(new string(part), 2))];
    }
}
