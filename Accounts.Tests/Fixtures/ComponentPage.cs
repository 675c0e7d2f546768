using System.Security.Claims;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Sessions;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Accounts.Tests.Fixtures;

/// <summary>A page with one component on it, as somebody sees it, rendered here with the real core behind it. The browser answers what the test says.</summary>
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
        Context.Services.AddSingleton(host.Registry);
        Context.Services.AddSingleton(host.Feed);
        Context.Services.AddSingleton(host.History);
        Context.Services.AddSingleton(host.Sessions);
        Context.Services.AddSingleton(host.Get<SupportCodes>());
        Context.Services.AddSingleton<Handovers>();
        Context.AddBunitPersistentComponentState();
        Context.SetRendererInfo(new RendererInfo(interactive ? "Server" : "Static", interactive));
        Navigation.NavigateTo(address);
    }

    /// <param name="host">The core.</param>
    /// <param name="browser">Who looks.</param>
    /// <param name="address">The page's address, under the application's.</param>
    /// <param name="interactive">Whether its circuit is up; otherwise a request draws it.</param>
    public static async Task<ComponentPage> OpenAsync(CoreHost host, SignedInBrowser browser, string address = "settings/sessions", bool interactive = true) =>
        new(host, browser.Caller, (await host.RequestAsync(browser))!.Principal, address, interactive);

    public BunitContext Context { get; } = new();

    public Caller Caller { get; }

    public BunitJSInterop Browser => Context.JSInterop;

    public NavigationManager Navigation => Context.Services.GetRequiredService<NavigationManager>();

    /// <summary>What the browser was last told to put into the address of the Session manager: "key=value" by key, with what has a value.</summary>
    public string Told
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

    /// <summary>The dialogs that its components open. They are shown beside it.</summary>
    public IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = default!;

    public IRenderedComponent<TComponent> Render<TComponent>(Action<ComponentParameterCollectionBuilder<TComponent>>? parameters = null) where TComponent : IComponent
    {
        Context.RenderTree.Add<CascadingValue<Task<AuthenticationState>>>(cascade => cascade.Add(value => value.Value, _state));
        Context.Render<MudPopoverProvider>();
        Dialogs = Context.Render<MudDialogProvider>();
        return Context.Render(parameters ?? (_ => { }));
    }

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
