using System.Net;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Demo;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Fixtures;

/// <summary>Runs the real application on a real server. Its own database, on the test's engine, is deleted with it.</summary>
/// <remarks>Not in Development: there are no demo accounts. Without a clock from the test, it uses the system's.</remarks>
public sealed class AccountsSite : WebApplicationFactory<Program>
{
    public const string Password = "a long enough passphrase";

    private readonly TestDatabase _database = new();
    private readonly Journal _journal = new();
    private readonly TimeProvider? _clock;
    private readonly (string Key, string Value)[] _settings;
    private readonly Action<IServiceCollection>? _services;

    private AccountsSite(TimeProvider? clock, (string, string)[] settings, Action<IServiceCollection>? services)
    {
        _clock = clock;
        _settings = settings;
        _services = services;
    }

    /// <summary>Its address, by name: over plain http, browsers accept secure cookies only from localhost.</summary>
    public Uri Address { get; private set; } = null!;

    public DatabaseGate Gate { get; } = new();

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public static AccountsSite Start(
        TimeProvider? clock = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings) =>
        new AccountsSite(clock, settings, services).Listen("http://localhost", _ => { });

    /// <summary>Starts it over https, under a name that ends with ".test". Only the test browsers resolve that name.</summary>
    public static AccountsSite StartHttps(string host, TimeProvider? clock = null) =>
        new AccountsSite(clock, [], null).Listen($"https://{host}", listen => listen.UseHttps(Certificates.Of(host)));

    private AccountsSite Listen(string origin, Action<ListenOptions> configure)
    {
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, configure));
        StartServer();
        var bound = new Uri(Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Address = new Uri($"{origin}:{bound.Port}/");
        return this;
    }

    /// <summary>Discards a circuit as soon as its connection is lost, not minutes later: for <see cref="Start"/>.</summary>
    public static void DiscardLostCircuits(IServiceCollection services) =>
        services.Configure<CircuitOptions>(o => o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMilliseconds(1));

    /// <inheritdoc cref="TestDatabase.Rows"/>
    public DatabaseRows Rows() => _database.Rows();

    public async Task RegisterAsync(string email, string name = "Ada Lovelace")
    {
        var browser = new CallingBrowser("127.0.0.1", new Accounts.Core.Devices.DeviceSignals("test"), BrowserId.New());
        Assert.IsType<RegisterOutcome.Registered>(
            await Get<UserService>().RegisterAsync(browser, new RegisterInput { Name = name, Email = email, Password = Password }));
        // The account's owner has its address.
        await Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db =>
            db.Users.Where(u => u.Email == email).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
    }

    /// <summary>Opens a headless client that keeps cookies and follows no redirects.</summary>
    public Visitor Visit(string userAgent = Visitor.Chrome) => new(Address, userAgent);

    /// <summary>Opens a headless client that has signed in.</summary>
    public async Task<Visitor> SignInAsync(
        string email, string userAgent = Visitor.Chrome, bool remember = false, string password = Password)
    {
        var visitor = Visit(userAgent);
        using var answer = await visitor.SignInAsync(email, password, remember);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    /// <summary>Opens a headless client that has signed in to a demo account.</summary>
    public Task<Visitor> SignInToDemoAsync(string email) => SignInAsync(email, password: DemoAccounts.Password);

    /// <summary>Starts many sessions in different browsers, without hashing a password for each.</summary>
    public async Task<IReadOnlyList<SessionId>> StartSessionsAsync(string email, int count, string userAgent)
    {
        using var rows = Rows();
        var user = rows.Query("SELECT \"Id\", \"SecurityStamp\" FROM \"Users\" WHERE \"Email\" = @email", ("@email", email)).Single();
        var epoch = rows.Number("SELECT \"Epoch\" FROM \"Installation\"");
        var stamp = new ProofStamp((string)user["SecurityStamp"]!, epoch);
        var verified = new VerifiedUser(new UserId(Guid.Parse((string)user["Id"]!)), stamp, SignInMethods.Password);
        var ids = new List<SessionId>(count);
        for (var i = 0; i < count; i++)
        {
            var browser = new CallingBrowser("127.0.0.1", new Accounts.Core.Devices.DeviceSignals(userAgent), BrowserId.New());
            var started = Assert.IsType<StartOutcome.Started>(await Get<SessionStarter>().StartAsync(browser, verified, remember: true));
            ids.Add(started.Session.Id);
        }

        return ids;
    }

    /// <summary>Opens a page of the visitor's in a raw client that ignores the server's instructions.</summary>
    public async Task<RawCircuit> OpenAsync(Visitor visitor, string path = "/settings/sessions")
    {
        var page = new Uri(Address, path);
        return await RawCircuit.OpenAsync(page, visitor.CookieHeader, await visitor.ReadAsync(path));
    }

    /// <summary>Finds the session in a visitor's cookie.</summary>
    public async Task<LiveSession> FindSessionAsync(Visitor visitor)
    {
        var (id, key) = ReadTicket(visitor.SessionCookie);
        return await Get<SessionAuthenticator>().AuthenticateAsync(id, key) ?? throw new InvalidOperationException("The visitor is not signed in.");
    }

    /// <summary>Ends a session from another one, like a click on Terminate.</summary>
    public async Task TerminateAsync(Visitor by, SessionId target) =>
        Assert.Equal(TerminateOutcome.Terminated, await Get<SessionService>().TerminateAsync((await FindSessionAsync(by)).ToCaller(), target));

    public async Task TerminateAsync(Visitor by, Visitor target) => await TerminateAsync(by, (await FindSessionAsync(target)).Id);

    /// <summary>Returns the id of the session in a person's cookie.</summary>
    public async Task<SessionId> FindSessionIdAsync(Person person)
    {
        var cookies = await person.Profile.CookiesAsync();
        return ReadTicket(cookies.Single(cookie => string.Equals(cookie.Name, Visitor.SessionCookieName, StringComparison.Ordinal)).Value).Id;
    }

    /// <summary>Decrypts a cookie with this server's keys.</summary>
    public (SessionId Id, string Key) ReadTicket(string cookie)
    {
        var ticket = Cookie.TicketDataFormat.Unprotect(cookie) ?? throw new InvalidOperationException("This server has not made that cookie.");
        Assert.True(SessionId.TryParse(ticket.Properties.Items["sid"], out var id));
        return (id, ticket.Properties.Items["key"]!);
    }

    public CookieAuthenticationOptions Cookie => Get<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Accounts.Session");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        // Outside Development, only a published application finds its packages' files by itself.
        builder.UseStaticWebAssets();
        // No background round runs when a test moves the clock by hours.
        builder.UseSetting("Retention:Interval", "1.00:00:00");
        // No sweep runs into a trap that a test sets in the database.
        builder.UseSetting("Sessions:SweepInterval", "00:10:00");
        foreach (var (key, value) in _database.Settings.Concat(_settings))
            builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(_journal));
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(new ContextInterceptor(Gate));
            if (_clock is not null)
                services.AddSingleton(_clock);
            _services?.Invoke(services);
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Evidence.Leave($"The log of {Address}", _journal.Tail(20));
            _database.Dispose();
        }
    }
}
