using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>The real application, in which one scene after the other is played: each begins with Ada's new account, at the same hour, and nothing else.</summary>
internal sealed class Theatre : IAsyncDisposable
{
    private static readonly TimeSpan AccountAge = TimeSpan.FromDays(70);

    public Theatre(TemporaryFolder folder)
    {
        Application = new Application(folder, services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<IInterceptor>(Outage);
            if (Words.ArePseudo)
                PseudoLanguage.Add(services);
            // What fails, fails on purpose.
            services.AddLogging(logging => logging.ClearProviders());
        });
        Application.StartServer();
    }

    public Application Application { get; }

    public Clock Clock { get; } = new();

    public Outage Outage { get; } = new();

    public async Task<Scene> OpenAsync(IBrowser browser)
    {
        Outage.On = false;
        Clock.Reset();
        await Application.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db => db.Users.ExecuteDeleteAsync());
        // Her account is older than anything that she is given.
        Clock.Advance(-AccountAge);
        UserId ada = await Application.RegisterAsync("Ada Lovelace", Application.Email);
        Clock.Reset();
        return await Scene.OpenAsync(this, browser, ada);
    }

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}
