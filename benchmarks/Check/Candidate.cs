using System.Net;
using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Gate;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Stage;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Benchmarks.Check;

/// <summary>An application with a signed-in user. It checks the user's session or, with a bare cookie, doesn't.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private readonly Application _application;
    private readonly Caller _caller;

    private Candidate(TemporaryFolder folder, string engine, Application application, Pipeline.Hold hold, Caller caller, string cookie)
    {
        Folder = folder;
        Engine = engine;
        _application = application;
        _caller = caller;
        Cookie = cookie;
        Page = new Uri(application.Url, SessionGate.StatePath);
        Pipeline = hold.Of(application, SessionGate.StatePath, cookie);
    }

    public TemporaryFolder Folder { get; }

    public string Engine { get; }

    public Uri Page { get; }

    public string Cookie { get; }

    /// <summary>The same application without the network.</summary>
    public Pipeline Pipeline { get; }

    public static async Task<Candidate> StartAsync(Engines engines, string engine, bool isBare)
    {
        var folder = new TemporaryFolder();
        var hold = new Pipeline.Hold();
        var application = new Application(
            folder,
            services =>
            {
                services.AddSingleton<IStartupFilter>(hold);
                if (isBare)
                    services.PostConfigure<CookieAuthenticationOptions>(AccountsSession.Scheme,
                        o => o.Events.OnValidatePrincipal = _ => Task.CompletedTask);
            },
            await engines.CreateDatabaseAsync(engine, folder));
        var (caller, cookie) = await application.SignInAsync(await application.StartAsync());
        return new Candidate(folder, engine, application, hold, caller, cookie);
    }

    /// <summary>Ends the session and returns whether the application still accepts its cookie.</summary>
    public async Task<bool> IsAnsweredAfterSignOutAsync()
    {
        await _application.Get<SessionService>().SignOutAsync(_caller);
        return await IsAnsweredAsync();
    }

    /// <summary>Sends one request and returns whether the application accepts its cookie.</summary>
    public async Task<bool> IsAnsweredAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, Page);
        request.Headers.Add("Cookie", Cookie);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.NoContent;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        Folder.Dispose();
    }
}
