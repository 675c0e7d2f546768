using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Layout;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Accounts.Benchmarks.Clicks;

/// <summary>The real application on a real port, as in production, with one account in a new database.</summary>
internal sealed class Application : WebApplicationFactory<App>
{
    public const string Email = "ada@example.test";
    public const string Password = "a passphrase of a benchmark";

    private readonly TemporaryFolder _folder;

    public Application(TemporaryFolder folder)
    {
        _folder = folder;
        UseKestrel(0);
    }

    /// <summary>Where it listens, by the name that browsers trust with secure cookies over plain http.</summary>
    public Uri Url => new UriBuilder(ClientOptions.BaseAddress) { Host = "localhost" }.Uri;

    public async Task StartAsync()
    {
        StartServer();
        var client = new Client("", new DeviceSignals(null), BrowserId.New());
        var input = new RegisterInput { Name = "Ada Lovelace", Email = Email, Password = Password };
        if (await Services.GetRequiredService<UserService>().RegisterAsync(client, input) is not RegisterOutcome.Registered)
            throw new InvalidOperationException("The account could not be made.");
    }

    /// <summary>Does something that signs somebody in, and says which session it started.</summary>
    public async Task<SessionId> SessionOfAsync(Func<Task> signIn)
    {
        var started = new TaskCompletionSource<SessionId>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = Services.GetRequiredService<SessionFeed>().Subscribe(change =>
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
        var circuits = Services.GetRequiredService<SessionCircuits>();
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
        builder.UseSetting("SignIn:AttemptsPerAccount", "1000");
        builder.UseSetting("SignIn:AttemptsPerAddress", "100000");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore.DataProtection", "Error");
    }
}
