using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Web.Layout;
using Accounts.Web.Sessions;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Accounts.Stage;

/// <summary>The real application on a real port, as in production, over a new database with nobody in it.</summary>
internal sealed class Application : WebApplicationFactory<App>
{
    public const string Email = "ada@example.test";
    public const string Password = "a passphrase for the stage";

    private readonly TemporaryFolder _folder;
    private readonly Action<IServiceCollection>? _services;
    private readonly (string Key, string Value)[] _settings;

    /// <param name="folder">Where its database is.</param>
    /// <param name="services">What it is to have otherwise than in production.</param>
    /// <param name="settings">And what it is to have set otherwise.</param>
    public Application(TemporaryFolder folder, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        _folder = folder;
        _services = services;
        _settings = settings;
        UseKestrel(0);
    }

    /// <summary>Where it listens, by the name that browsers trust with secure cookies over plain http.</summary>
    public Uri Url => new UriBuilder(ClientOptions.BaseAddress) { Host = "localhost" }.Uri;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Starts it and makes Ada's account.</summary>
    public Task<UserId> StartAsync()
    {
        StartServer();
        return RegisterAsync("Ada Lovelace", Email);
    }

    /// <summary>Makes an account.</summary>
    public async Task<UserId> RegisterAsync(string name, string email)
    {
        var client = new Client("", new DeviceSignals(null), BrowserId.New());
        var input = new RegisterInput { Name = name, Email = email, Password = Password };
        return await Get<UserService>().RegisterAsync(client, input) is RegisterOutcome.Registered { UserId: var person }
            ? person
            : throw new InvalidOperationException("The account could not be made.");
    }

    /// <summary>Writes rows past the commands of the core, in one transaction.</summary>
    public Task AddAsync<T>(IEnumerable<T> rows) where T : class => Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db =>
    {
        db.Set<T>().AddRange(rows);
        return Task.FromResult(true);
    });

    /// <summary>Signs somebody in as the product does, but for the password, and says what the cookie of that browser is.</summary>
    public async Task<(Caller Caller, string Cookie)> SignInAsync(UserId person, string userAgent = Browsers.Windows, string address = Browsers.Address)
    {
        var stamp = await Get<AccountsDatabase>().ReadAsync(db => db.Users.Where(u => u.Id == person.Value).Select(u => u.SecurityStamp!).SingleAsync());
        var client = new Client(address, new DeviceSignals(userAgent), BrowserId.New());
        var session = await Get<SessionStarter>().StartAsync(client, new VerifiedUser(person, stamp, SignInMethod.Password), remember: false)
            ?? throw new InvalidOperationException("The session did not start.");

        await using var scope = Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        await context.WriteSessionAsync(session);
        return (new Caller(person, session.Id, address) { AuthenticatedAt = Get<TimeProvider>().GetUtcNow() }, context.Response.Headers.SetCookie.ToString().Split(';')[0]);
    }

    /// <summary>Does something that signs somebody in, and says which session it started.</summary>
    public async Task<SessionId> SessionOfAsync(Func<Task> signIn)
    {
        var started = new TaskCompletionSource<SessionId>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Started)
                started.TrySetResult(change.SessionId);
        });
        await signIn();
        return await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Waits until a page of the session has its circuit.</summary>
    public async Task WaitForCircuitAsync(SessionId session)
    {
        var circuits = Get<SessionCircuits>();
        for (var tries = 0; circuits.Of(session).Count == 0; tries++)
        {
            if (tries == 1000)
                throw new TimeoutException("No page of the session got a circuit.");
            await Task.Delay(10);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        // Not published here: the files of the pages are found where the build has noted them.
        builder.UseStaticWebAssets();
        builder.UseSetting("Storage:Path", _folder.Database);
        builder.UseSetting("Sessions:MaximumPerUser", "0");
        builder.UseSetting("SignIn:AttemptsPerAccount", "1000");
        builder.UseSetting("SignIn:AttemptsPerAddress", "100000");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Logging:Console:LogToStandardErrorThreshold", "Trace");
        builder.UseSetting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore.DataProtection", "Error");
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => _services?.Invoke(services));
    }
}
