using Microsoft.Playwright;

namespace Accounts.Stage;

/// <summary>An authenticator of Chromium's that has no device behind it. It answers each question at once, as its verified user.</summary>
internal static class VirtualAuthenticator
{
    /// <summary>Gives a page one. It keeps passkeys, as a phone or a laptop does.</summary>
    public static async Task AddAsync(IPage page)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        await devTools.SendAsync("WebAuthn.enable");
        await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
