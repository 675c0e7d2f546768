using Microsoft.Playwright;

namespace Accounts.Tests.Fixtures;

/// <summary>One real Chromium for the browser tests. Each profile acts as a separate browser with its own cookies.</summary>
/// <remarks>
/// <c>ACCOUNTS_CHROMIUM</c> names the executable to use instead of the usual ones.
/// </remarks>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program)
            return;

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args =
            [
                "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                // All test host names resolve to this machine.
                "--host-resolver-rules=MAP *.test 127.0.0.1",
            ],
        });
    }

    /// <summary>Opens a new, empty profile, signed in nowhere.</summary>
    public async Task<IBrowserContext> OpenProfileAsync(BrowserNewContextOptions? options = null)
    {
        if (_browser is null)
            Engine.Missing("There is no Chromium here.", "Install it (Debian: apt-get install chromium), or name it with ACCOUNTS_CHROMIUM.");

        var profile = await _browser.NewContextAsync(options ?? new BrowserNewContextOptions());
        profile.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)Patience.Limit.TotalMilliseconds);
        return profile;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>The executable; null if there is none.</summary>
    public static string? Find() => Environment.GetEnvironmentVariable("ACCOUNTS_CHROMIUM") is { Length: > 0 } named
        ? Array.Find([named], File.Exists)
        : Array.Find(Places, File.Exists);
}

/// <summary>Tests that share the browser run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser";
}
