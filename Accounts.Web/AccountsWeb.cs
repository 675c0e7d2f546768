using Accounts.AspNetCore.Cookies;
using Accounts.Demo;
using Accounts.Web.Addresses;
using Accounts.Web.Audit;
using Accounts.Web.Circuits;
using Accounts.Web.Forms;
using Accounts.Web.Geolocation;
using Accounts.Web.Health;
using Accounts.Web.History;
using Accounts.Web.Layout;
using Accounts.Web.Look;
using Accounts.Web.Mail;
using Accounts.Web.Metrics;
using Accounts.Web.Passkeys;
using Accounts.Web.PersonalData;
using Accounts.Web.Providers;
using Accounts.Web.Security;
using Accounts.Web.Sessions;
using Accounts.Web.SignIn;
using Accounts.Web.Support;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;
using MudBlazor.Services;

namespace Accounts.Web;

/// <summary>Configures the application: its services, and the order of the request pipeline.</summary>
internal static class AccountsWeb
{
    /// <summary>Limit for all request headers. It leaves room for a long User-Agent: one of 100 kB is cut, not refused.</summary>
    private const int HeaderBytes = 160 * 1024;

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // When published, the content root is the program's own folder, wherever you start it from. In Development it is the project's folder.
        var published = !File.Exists("Accounts.Web.csproj") && !args.Any(a => a.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase));
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = published ? AppContext.BaseDirectory : null });

        // The settings file is in the program's folder. Environment and command line come later and win.
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Path = "appsettings.json",
            Optional = false,
        });
        // The demo accounts of staff have no second factor.
        if (builder.Environment.IsDevelopment())
        {
            builder.Configuration.Sources.Insert(1, new MemoryConfigurationSource
            {
                InitialData = [new("TwoFactor:RequiredForStaff", "false")],
            });
        }

        return builder;
    }

    public static void AddAccountsWeb(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddAccounts(builder.Configuration);
        var authentication = services.AddAuthentication(AccountsSession.Scheme).AddAccountsSession(o => o.SignedOutPath = Paths.SignedOut);
        ProviderSchemes.AddTo(services, authentication, builder.Configuration);
        services.AddSupport(builder.Configuration);
        services.AddMail(builder.Configuration, builder.Environment.IsDevelopment());
        services.AddLanguages();
        services.AddDemoAccounts();
        services.AddHealth();
        services.AddMetricsExport(builder.Configuration);
        services.AddStaff();
        services.AddSingleton<Handovers>();
        services.AddSingleton<ReturnAddress>();
        services.AddSingleton<PlainHttpForms>();
        services.AddMudServices();
        SessionAntiforgery.AddTo(services);
        services.AddHsts(o => o.MaxAge = TimeSpan.FromDays(365));
        services.AddProblemDetails();
        var components = services.AddRazorComponents();
        components.AddInteractiveServerComponents().AddAccountsGate();
        components.AddPageLanguage();
        services.AddCircuitJson();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        });
    }

    /// <summary>Creates the demo accounts in Development, and only there.</summary>
    public static Task SeedInDevelopmentAsync(this WebApplication app) =>
        app.Environment.IsDevelopment() ? app.Services.GetRequiredService<DemoAccounts>().SeedAsync() : Task.CompletedTask;

    public static void UseAccountsWeb(this WebApplication app)
    {
        app.UseAccountsProxies();
        app.UseRequestLocalization();
        app.UseSecurityHeaders();
        app.UseAccountsClientHints();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = ProblemPage.PathOf(500),
            CreateScopeForErrors = true,
            StatusCodeSelector = ProblemPage.StatusOf,
        });
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
        app.UseStatusCodePagesWithReExecute(ProblemPage.Pattern, createScopeForStatusCodePages: true);
        app.UseProblemPages();
        app.UseAccountsRequestRules(ProblemPages.RefuseCrossSiteAsync);
        app.UseFlags();
        app.UseRouting();
        app.UseQueuedForms();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAccountsActivity();
        app.UseAntiforgery();

        app.MapHealth();
        app.MapStaticAssets();
        app.MapAccountsEndpoints();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => Results.Redirect(ReturnAddress.Home));
        app.MapReauthentication();
        app.MapPasskeys();
        app.MapProviders();
        app.MapHistoryFile();
        app.MapAuditExports();
        app.MapAccountData();
        app.MapTheme();
        app.MapViewEnd();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization().AcceptHead();

        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"Accounts is running. Open {string.Join(" or ", app.Urls)} in a browser; Ctrl+C stops it."));
    }
}
