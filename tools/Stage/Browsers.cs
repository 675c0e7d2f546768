using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;

namespace Accounts.Stage;

/// <summary>Simulated browsers: their User-Agents, and their sessions as rows.</summary>
internal static class Browsers
{
    public const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36";
    public const string Linux = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
    public const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
    public const string Phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
    public const string Tablet =
        "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
    public const string Android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Mobile Safari/537.36";
    public const string Edge =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36 Edg/154.0.0.0";

    /// <summary>A university's network address. It has a country, but no device uses it.</summary>
    public const string Address = "131.130.1.0";

    /// <summary>A live session, in a browser of its own unless one is given. No key has its hash, so nobody can use it.</summary>
    public static SessionRow Session(
        UserId person,
        DateTimeOffset startedAt,
        string userAgent = Windows,
        string address = Address,
        bool newBrowser = false,
        byte[]? browser = null,
        string? country = null) => new()
    {
        Id = Guid.CreateVersion7(startedAt),
        UserId = person.Value,
        Epoch = 0,
        KeyHash = RandomNumberGenerator.GetBytes(32),
        BrowserHash = browser ?? RandomNumberGenerator.GetBytes(32),
        StartedAt = startedAt,
        LastActivityAt = startedAt,
        ExpiresAt = startedAt.AddDays(28),
        Remembered = true,
        Methods = SignInMethods.Password,
        UserAgent = userAgent,
        ClientHints = HintsOf(userAgent)?.ToText(),
        SignInCountry = country,
        SignInAddress = address,
        LastAddress = address,
        NewBrowser = newBrowser,
        NewCountry = newBrowser,
    };

    /// <summary>The Client Hints of such a browser.</summary>
    private static ClientHints? HintsOf(string userAgent) => userAgent switch
    {
        Windows or Edge => new ClientHints { Platform = "\"Windows\"", PlatformVersion = "\"15.0.0\"", Mobile = "?0" },
        Android => new ClientHints { Platform = "\"Android\"", PlatformVersion = "\"16.0.0\"", Mobile = "?1", Model = "\"Pixel 9\"" },
        _ => null,
    };
}
