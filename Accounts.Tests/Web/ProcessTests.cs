using System.Net;
using System.Net.Sockets;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;

namespace Accounts.Tests.Web;

/// <summary>The application from outside: what it prints, when it refuses to start, and what survives a kill.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Ada = "ada@example.test";

    private readonly TempFolder _folder = new();

    private (string, string) Database => ("Storage__Path", _folder.File("accounts.db"));

    [Fact]
    public async Task The_process_prints_the_address_to_open()
    {
        await using var application = AccountsProcess.Run(null, Database);
        var address = await application.ListeningAsync();
        Assert.Equal("localhost", address.Host);
        Assert.DoesNotContain("Microsoft.EntityFrameworkCore", application.Output, StringComparison.Ordinal);
        using var visitor = new Visitor(address, Visitor.Chrome);
        Assert.Contains("Sign in", await visitor.ReadAsync("/sign-in"), StringComparison.Ordinal);
    }

    // Guard: TypedText.IsNormalizing in AccountsStart.RequireValid.
    [Fact]
    public async Task The_process_refuses_to_start_where_it_cannot_normalize_texts()
    {
        await using var application = AccountsProcess.Run(null, Database, ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"));
        Assert.NotEqual(0, await application.ExitAsync());
        Assert.Contains("Install ICU", application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", application.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Demo_accounts_exist_and_are_shown_only_in_Development(string environment, bool there)
    {
        await using var application = AccountsProcess.Run(null, Database, ("ASPNETCORE_ENVIRONMENT", environment));
        using var visitor = new Visitor(await application.ListeningAsync(), Visitor.Chrome);
        Assert.Equal(there, (await visitor.ReadAsync("/sign-in")).Contains("demo-Passphrase-1", StringComparison.Ordinal));
        using var answer = await visitor.SignInAsync(Ada, "demo-Passphrase-1");
        Assert.Equal(there ? HttpStatusCode.Redirect : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(there, await visitor.IsSignedInAsync());
    }

    [EachEngineFact]
    public async Task Sessions_survive_a_restart()
    {
        using var database = new TestDatabase();
        await using var first = AccountsProcess.Run(null, [.. database.Settings]);
        using var visitor = await RegisterAsync(await first.ListeningAsync(), Ada);
        await first.KillAsync();

        await using var again = AccountsProcess.Run(null, [.. database.Settings]);
        using var back = new Visitor(await again.ListeningAsync(), Visitor.Chrome);
        back.SessionCookie = visitor.SessionCookie;
        Assert.True(await back.IsSignedInAsync());
    }

    [Fact]
    public async Task The_signed_out_page_says_why_the_session_ended()
    {
        Dictionary<EndReason, string> texts = new()
        {
            // A browser that signs out loses its cookie. Whoever still has one has a copy.
            [EndReason.SignedOut] = "This session is no longer valid.",
            [EndReason.Terminated] = "Someone signed this browser out from another device.",
            [EndReason.SignedOutEverywhere] = "Someone on another device ended all other sessions, including this one.",
            [EndReason.Expired] = "You were signed out after 24 hours without activity.",
            [EndReason.Replaced] = "Someone signed in again in this browser.",
            [EndReason.PasswordChanged] = "Someone changed the password and ended the other sessions.",
            [EndReason.RemoteLogout] = "Someone used Remote logout to end every session.",
            [EndReason.LimitReached] = "Another device signed in, and you reached the session limit. This session was unused the longest.",
            [EndReason.Revoked] = "The operator of this service ended all your sessions.",
            // A view of support has no page of its own: its browser gets back the session in which it began, or learns why that ended.
            [EndReason.StaffSessionEnded] = "This session is no longer valid.",
            [EndReason.EndedBySupport] = "Support signed this browser out, because someone else may be using the account.",
            [EndReason.EndedByAdministrator] = "An administrator signed this browser out.",
            [EndReason.AccountDeleted] = "This account is scheduled for deletion.",
            [EndReason.AccountDisabled] = "An administrator disabled this account.",
            [EndReason.NewPasswordRequired] = "An administrator requires a new password. Sign in to choose one.",
            [EndReason.FactorsChanged] = "Someone changed how this account signs in, and ended the other sessions.",
            [EndReason.PasswordReset] = "Someone reset the password with a link from an email, and ended every session.",
            [EndReason.EmailRestored] = "The owner of the account's former email undid a change of it, and ended every session.",
            [EndReason.EndedByProvider] = "You signed out of the service that you signed in with, so this session ended too.",
        };
        Assert.Equal(Enum.GetValues<EndReason>(), texts.Keys.Order());
        await using var first = AccountsProcess.Run(null, Database);
        using var visitor = await RegisterAsync(await first.ListeningAsync(), Ada);
        await first.KillAsync();

        foreach (var (reason, text) in texts)
        {
            using (var rows = new DatabaseRows(_folder.File("accounts.db")))
                Assert.Equal(1, rows.Execute("UPDATE Sessions SET EndedAt = ExpiresAt, EndReason = @reason", ("@reason", (int)reason)));
            // A start reads the row. Memory would remember what it has told before.
            await using var again = AccountsProcess.Run(null, Database);
            using var back = new Visitor(await again.ListeningAsync(), Visitor.Chrome);
            back.SessionCookie = visitor.SessionCookie;
            Assert.Contains(text, WebUtility.HtmlDecode(await back.ReadAsync("/signed-out")), StringComparison.Ordinal);
            await again.KillAsync();
        }
    }

    [EachEngineFact]
    public async Task A_terminated_session_stays_ended_after_an_immediate_kill()
    {
        using var database = new TestDatabase();
        await using var first = AccountsProcess.Run(null, [.. database.Settings]);
        var address = await first.ListeningAsync();
        using var owner = await RegisterAsync(address, Ada);
        using var other = new Visitor(address, Visitor.Phone);
        using var entered = await other.SignInAsync(Ada, AccountsSite.Password);
        Assert.True(await other.IsSignedInAsync());

        await using var page = await RawCircuit.OpenAsync(new Uri(address, "/settings/sessions"), owner.CookieHeader,
            await owner.ReadAsync("/settings/sessions"));
        await page.WaitForBatchAsync(p => p.FindClickHandler("Terminate") is not null, Patience.Limit);
        await page.ClickAsync("Terminate");
        await page.WaitForBatchAsync(p => p.FindClickHandler("Cancel") is not null, Patience.Limit);
        await page.ConfirmAsync("Terminate");
        await page.WaitForBatchAsync(p => p.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        await first.KillAsync();

        await using var again = AccountsProcess.Run(null, [.. database.Settings]);
        using var back = new Visitor(await again.ListeningAsync(), Visitor.Chrome);
        back.SessionCookie = other.SessionCookie;
        using var refused = await back.GetAsync("/settings/sessions");
        Assert.Equal("/signed-out", refused.Headers.Location?.OriginalString);
        back.SessionCookie = owner.SessionCookie;
        Assert.True(await back.IsSignedInAsync());
    }

    [Fact]
    public async Task Every_invalid_setting_is_named_with_its_rule_and_value()
    {
        await using var application = AccountsProcess.Run(
            null, Database, ("Sessions__IdleTimeout", "soon"), ("Sessions__AbsoluteTimeout", "900.00:00:00"), ("SignIn__AttemptsPerAcount", "5"),
            ("Network__KnownProxies__0", "proxy"));
        Assert.Equal(1, await application.ExitAsync());
        foreach (var part in new[]
        {
            "Sessions:IdleTimeout",
            "'soon'",
            "Sessions:AbsoluteTimeout",
            "400 days",
            "SignIn:AttemptsPerAcount",
            "AttemptsPerAccount",
            "Network:KnownProxies",
            "'proxy'",
        })
            Assert.Contains(part, application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", application.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("accounts.db")));
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_is_refused()
    {
        await using var first = AccountsProcess.Run(null, Database);
        await first.ListeningAsync();
        await using var second = AccountsProcess.Run(null, Database);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains(_folder.File("accounts.db") + " cannot be used: another process is using it", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("garbage")]
    [InlineData("readonly")]
    public async Task An_unusable_file_is_named_and_left_unchanged(string fault)
    {
        var path = _folder.File("accounts.db");
        string expected;
        if (fault is "folder")
        {
            path = _folder.File("missing/accounts.db");
            expected = "its folder does not exist";
        }
        else
        {
            await File.WriteAllTextAsync(path,
                "This is somebody's diary, not a database. It is long enough to have a header of one hundred bytes and then some more.");
            expected = fault is "garbage" ? "not a SQLite database" : "read-only";
            if (fault is "readonly")
                File.SetAttributes(path, FileAttributes.ReadOnly);
        }

        var before = File.Exists(path) ? await File.ReadAllBytesAsync(path) : null;
        await using var application = AccountsProcess.Run(null, ("Storage__Path", path));
        Assert.Equal(1, await application.ExitAsync());
        Assert.Contains(path, application.Output, StringComparison.Ordinal);
        Assert.Contains(expected, application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", application.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.Exists(path) ? await File.ReadAllBytesAsync(path) : null);
    }

    [Fact]
    public async Task A_start_without_its_PostgreSQL_server_ends_with_one_message()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound without listening: it refuses connections, and nobody else takes the port.
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        await using var application = AccountsProcess.Run(
            null,
            ("Storage__Provider", "PostgreSql"),
            ("Storage__ConnectionString", $"Host=127.0.0.1;Port={port};Database=accounts;Username=ada;Password=hunter2"));
        Assert.Equal(1, await application.ExitAsync());
        Assert.Contains($"The database accounts on 127.0.0.1:{port} cannot be used: no server answers there", application.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", application.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var application = AccountsProcess.Run(null, Database, ("Urls", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        Assert.Equal(1, await application.ExitAsync());
        Assert.Contains("address already in use", application.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--urls", application.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<Visitor> RegisterAsync(Uri address, string email)
    {
        var visitor = new Visitor(address, Visitor.Chrome);
        using var answer = await visitor.SubmitAsync("/register", ("Input.Name", "Ada Lovelace"), ("Input.Email", email),
            ("Input.Password", AccountsSite.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }
}
