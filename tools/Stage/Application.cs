using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Gate;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Live;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Web.Layout;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Accounts.Stage;

/// <summary>The real application on a real port, configured as in production, with a new empty database.</summary>
internal sealed class Application : WebApplicationFactory<App>
{
    public const string Email = "ada@example.test";
    public const string Password = "a passphrase for the stage";

    private readonly TemporaryFolder _folder;
    private readonly Action<IServiceCollection>? _services;
    private readonly (string Key, string Value)[] _settings;

    /// <param name="folder">The database's folder.</param>
    /// <param name="services">Changes to the services.</param>
    /// <param name="settings">Changes to the settings.</param>
    public Application(TemporaryFolder folder, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        _folder = folder;
        _services = services;
        _settings = settings;
        UseKestrel(0);
    }

    /// <summary>The application's address, with host localhost: browsers accept secure cookies from it over plain http.</summary>
    public Uri Url => new UriBuilder(ClientOptions.BaseAddress) { Host = "localhost" }.Uri;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Starts the application and creates Ada's account.</summary>
    public Task<UserId> StartAsync()
    {
        StartServer();
        return RegisterAsync("Ada Lovelace", Email);
    }

    /// <summary>Creates an account whose owner has its address.</summary>
    public async Task<UserId> RegisterAsync(string name, string email)
    {
        var browser = new CallingBrowser("", new DeviceSignals(null), BrowserId.New());
        var input = new RegisterInput { Name = name, Email = email, Password = Password };
        if (await Get<UserService>().RegisterAsync(browser, input) is not RegisterOutcome.Registered { UserId: var person })
            throw new InvalidOperationException("The account could not be created.");
        await Get<AccountsDatabase>().WriteAsync(
            WritePriority.Ordinary,
            db => db.Users.Where(u => u.Id == person.Value).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        return person;
    }

    /// <summary>Writes rows directly to the database, in one transaction.</summary>
    public Task AddAsync<T>(IEnumerable<T> rows) where T : class => Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db =>
    {
        db.Set<T>().AddRange(rows);
        return Task.FromResult(true);
    });

    /// <summary>Signs a user in like the product, without a password, and returns the browser's cookie.</summary>
    public async Task<(Caller Caller, string Cookie)> SignInAsync(UserId person, string userAgent = Browsers.Windows,
        string address = Browsers.Address)
    {
        var stamp = await Get<AccountsDatabase>().ReadAsync(db => db.FindProofStampAsync(person))
            ?? throw new InvalidOperationException("There is no such account.");
        var browser = new CallingBrowser(address, new DeviceSignals(userAgent), BrowserId.New());
        var verified = new VerifiedUser(person, stamp, SignInMethods.Password);
        if (await Get<SessionStarter>().StartAsync(browser, verified, remember: false) is not StartOutcome.Started { Session: var session })
            throw new InvalidOperationException("The session did not start.");

        await using var scope = Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        await context.WriteSessionAsync(session);
        return (Caller.InBrowser(person, session.Id, session.Key.Mark(), address, Get<TimeProvider>().GetUtcNow()),
            context.Response.Headers.SetCookie.ToString().Split(';')[0]);
    }

    /// <summary>Runs an action that signs a user in, and returns the session that it started.</summary>
    public async Task<SessionId> SessionOfAsync(Func<Task> signIn)
    {
        var started = new TaskCompletionSource<SessionId>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Started)
                started.TrySetResult(change.SessionId);
        });
        await signIn();
        return await started.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Waits until one of the session's pages has a circuit.</summary>
    public async Task WaitForCircuitAsync(SessionId session)
    {
        var circuits = Get<SessionCircuits>();
        for (var tries = 0; circuits.Of(session).Count == 0; tries++)
        {
            if (tries == 6000)
                throw new TimeoutException("No page of the session got a circuit.");
            await Task.Delay(10);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        // The application isn't published here, so its static files are found through the build's manifest.
        builder.UseStaticWebAssets();
        builder.UseSetting("Storage:Path", _folder.Database);
        builder.UseSetting("Sessions:MaximumPerUser", "0");
        builder.UseSetting("SignIn:AttemptsPerAccount", "1000");
        builder.UseSetting("SignIn:AttemptsPerAddress", "100000");
        // Its staff sign in with a password alone.
        builder.UseSetting("TwoFactor:RequiredForStaff", "false");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Logging:Console:LogToStandardErrorThreshold", "Trace");
        builder.UseSetting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore.DataProtection", "Error");
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => _services?.Invoke(services));
    }
}
