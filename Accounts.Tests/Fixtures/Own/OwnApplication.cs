using System.Net;
using Accounts.AspNetCore.Cookies;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Fixtures.Own;

/// <summary>Somebody else's application that takes Accounts.AspNetCore: a few endpoints, a hub and a Blazor page, on a real server.</summary>
internal sealed class OwnApplication : IAsyncDisposable
{
    public const string Email = "ada@example.test";

    private readonly TestDatabase _database;
    private readonly WebApplication _app;

    private OwnApplication(TestDatabase database, WebApplication app, Journal journal)
    {
        _database = database;
        _app = app;
        Journal = journal;
        Address = new Uri(app.Urls.Single());
    }

    public Uri Address { get; }

    public Journal Journal { get; }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="configure">Changes its services.</param>
    /// <param name="session">Changes the options of the session cookie.</param>
    /// <param name="gate">Whether the gate is in front of its circuits.</param>
    /// <param name="pathBase">The path that it lives under.</param>
    public static async Task<OwnApplication> StartAsync(
        Action<IServiceCollection>? configure = null, Action<AccountsSessionOptions>? session = null, bool gate = true, string pathBase = "")
    {
        var database = new TestDatabase();
        var journal = new Journal();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(journal));
        builder.Configuration.AddInMemoryCollection(database.Settings.Select(s => KeyValuePair.Create($"Accounts:{s.Key}", (string?)s.Value)));

        builder.Services.AddAccounts(builder.Configuration.GetSection("Accounts"));
        builder.Services.AddAuthentication().AddAccountsSession(session);
        builder.Services.AddSignalR().AddHubOptions<OwnHub>(hub => hub.AddAccountsGate());
        var blazor = builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        if (gate)
            blazor.AddAccountsGate();
        else
            blazor.Services.AddCascadingAuthenticationState();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        if (pathBase.Length > 0)
            app.UsePathBase(pathBase);
        app.UseRouting();
        app.UseAccounts();
        app.UseAntiforgery();
        app.MapAccountsEndpoints();
        app.MapPost("/own/enter", RegisterAsync).DisableAntiforgery();
        app.MapGet("/own/data", (HttpContext context) => TypedResults.Ok(context.User.FindAll("own").Count())).RequireAuthorization();
        app.MapHub<OwnHub>("/own/hub");
        app.MapBlazorHub("/own/circuits");
        app.MapRazorComponents<OwnRoot>().AddInteractiveServerRenderMode();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            database.Dispose();
            throw;
        }

        return new OwnApplication(database, app, journal);
    }

    /// <summary>A client in whose browser a new or known user is signed in.</summary>
    public async Task<Visitor> EnterAsync(string pathBase = "")
    {
        var visitor = new Visitor(Address, Visitor.Chrome);
        using var answer = await visitor.PostAsync($"{pathBase}/own/enter", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return visitor;
    }

    /// <summary>The session in a visitor's cookie.</summary>
    public async Task<LiveSession> FindSessionAsync(Visitor visitor)
    {
        var context = new DefaultHttpContext { RequestServices = _app.Services };
        context.Request.Headers.Cookie = visitor.CookieHeader;
        var (id, key) = context.ReadTicket() ?? throw new InvalidOperationException("The visitor has no session.");
        return await Get<SessionAuthenticator>().AuthenticateAsync(id, key) ?? throw new InvalidOperationException("The session is over.");
    }

    /// <summary>Ends a visitor's session from another one, like a click on Terminate.</summary>
    public async Task TerminateAsync(Visitor by, Visitor target) => Assert.Equal(
        TerminateOutcome.Terminated,
        await Get<SessionService>().TerminateAsync(
            (await FindSessionAsync(by)).ToCaller(), (await FindSessionAsync(target)).Id));

    /// <summary>Opens the page in a raw client that ignores the server's instructions.</summary>
    public async Task<RawCircuit> OpenAsync(Visitor visitor, string path = "/own/page") =>
        await RawCircuit.OpenAsync(new Uri(Address, path), visitor.CookieHeader, await visitor.ReadAsync(path));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Evidence.Leave($"The log of {Address}", Journal.Tail(20));
        _database.Dispose();
    }

    private static async Task RegisterAsync(HttpContext context, Registration registration)
    {
        var input = new RegisterInput { Name = "Ada Lovelace", Email = Email, Password = "a passphrase for tests" };
        var entered = Assert.IsType<RegistrationOutcome.SignedIn>(await registration.RegisterAsync(context.ToCallingBrowser(), input));
        await context.WriteSessionAsync(entered.Session);
    }
}

/// <summary>A hub of the application's own.</summary>
internal sealed class OwnHub : Hub
{
    public string? Name() => Context.User!.Identity!.Name;
}
