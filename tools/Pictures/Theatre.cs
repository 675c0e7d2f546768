using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Storage;
using Accounts.Stage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>The real application for all scenes. Each scene starts at the same time of day with a new account for Ada and no other data.</summary>
internal sealed class Theatre : IAsyncDisposable
{
    private static readonly TimeSpan AccountAge = TimeSpan.FromDays(70);

    public Theatre(TemporaryFolder folder)
    {
        Application = new Application(folder, services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton(new ContextInterceptor(Outage));
            services.AddSingleton<IMailSender>(Postman);
            if (Words.ArePseudo)
                PseudoLanguage.Add(services);
            // All failures here are intended.
            services.AddLogging(logging => logging.ClearProviders());
        });
        Application.StartServer();
    }

    public Application Application { get; }

    public Clock Clock { get; } = new();

    public Outage Outage { get; } = new();

    public Postman Postman { get; } = new();

    public async Task<Scene> OpenAsync(IBrowser browser)
    {
        Outage.On = false;
        Clock.Reset();
        await Application.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, async db =>
        {
            await db.Outbox.ExecuteDeleteAsync();
            await db.EmailLinks.ExecuteDeleteAsync();
            return await db.Users.ExecuteDeleteAsync();
        });
        Postman.Reset();
        // The account must be older than all of its sessions and events.
        Clock.Advance(-AccountAge);
        UserId ada = await Application.RegisterAsync("Ada Lovelace", Application.Email);
        Clock.Reset();
        return await Scene.OpenAsync(this, browser, ada);
    }

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}
