using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Web.Sessions;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Accounts.Tests.Fixtures;

/// <summary>Renders one component as a signed-in viewer sees it, on the real core. The test plays the browser.</summary>
internal sealed class ComponentPage : IAsyncDisposable
{
    private readonly Task<AuthenticationState> _state;

    static ComponentPage() => BunitContext.DefaultWaitTimeout = Patience.Limit;

    private ComponentPage(CoreHost host, Caller caller, ClaimsPrincipal principal, string address, bool interactive)
    {
        Caller = caller;
        _state = Task.FromResult(new AuthenticationState(principal));
        Context.JSInterop.Mode = JSRuntimeMode.Loose;
        Context.Services.AddMudServices();
        Context.Services.AddSingleton<TimeProvider>(host.Clock);
        Context.Services.AddSingleton(host.Authenticator);
        Context.Services.AddSingleton(host.Feed);
        Context.Services.AddSingleton(host.History);
        Context.Services.AddSingleton(host.Sessions);
        Context.Services.AddSingleton(host.Reauthentication);
        Context.Services.AddSingleton(host.Get<SupportCodes>());
        Context.Services.AddSingleton(host.Get<SupportViews>());
        Context.Services.AddSingleton(host.Get<RefusedAttemptReader>());
        Context.Services.AddSingleton(host.Get<TwoFactorSettings>());
        Context.Services.AddSingleton(host.Get<ProviderAccounts>());
        Context.Services.AddSingleton<Handovers>();
        Context.AddBunitPersistentComponentState();
        Context.SetRendererInfo(new RendererInfo(interactive ? "Server" : "Static", interactive));
        Navigation.NavigateTo(address);
    }

    /// <param name="host">The core.</param>
    /// <param name="browser">The viewer.</param>
    /// <param name="address">The page's address, relative to the application.</param>
    /// <param name="interactive">Whether the circuit is up. If not, a request renders the page.</param>
    public static async Task<ComponentPage> OpenAsync(CoreHost host, SignedInBrowser browser, string address = "settings/sessions",
        bool interactive = true) =>
        new(host, browser.Caller, (await host.RequestAsync(browser))!.Principal, address, interactive);

    public BunitContext Context { get; } = new();

    public Caller Caller { get; }

    public BunitJSInterop Browser => Context.JSInterop;

    public NavigationManager Navigation => Context.Services.GetRequiredService<NavigationManager>();

    /// <summary>The last query string that the Session manager gave the browser: "key=value", in key order, without empty values.</summary>
    public string RememberedQuery
    {
        get
        {
            var arguments = Browser.Invocations["accounts.remember"][^1].Arguments;
            Assert.Equal("/settings/sessions", arguments[0]);
            return string.Join(' ', ((Dictionary<string, string?>)arguments[1]!)
                .Where(one => one.Value is not null)
                .Select(one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Renders the dialogs that the component opens.</summary>
    public IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = default!;

    public IRenderedComponent<TComponent> Render<TComponent>(Action<ComponentParameterCollectionBuilder<TComponent>>? parameters = null)
        where TComponent : IComponent
    {
        Context.RenderTree.Add<CascadingValue<Task<AuthenticationState>>>(cascade => cascade.Add(value => value.Value, _state));
        Context.Render<MudPopoverProvider>();
        Dialogs = Context.Render<MudDialogProvider>();
        return Context.Render(parameters ?? (_ => { }));
    }

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
