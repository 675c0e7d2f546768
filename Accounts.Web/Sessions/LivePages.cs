using System.Globalization;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>A part of a page that shows one page of many rows, filtered, and reads it anew when something else is asked for or has happened.</summary>
/// <remarks>
/// What is asked for stands in the address too, so that a reload, a link and Back show the same. Keys of others in the same address stay.
/// </remarks>
public abstract class LivePages : LiveSessions
{
    private const string PageKey = "page";
    private const int LastPage = 1_000_000;

    private bool _loading;
    private string _path = "";

    [Inject] protected TimeProvider Time { get; private set; } = default!;

    [Inject] protected IJSRuntime Browser { get; private set; } = default!;

    [Inject] protected NavigationManager Navigation { get; private set; } = default!;

    /// <summary>The page that is asked for, from 1.</summary>
    protected int Wanted { get; set; } = 1;

    /// <summary>The viewer's.</summary>
    protected TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Something else has been asked for since the reading began: it is not shown, the next one is.</summary>
    protected bool IsOvertaken { get; private set; }

    protected override bool ShowsActs => false;

    /// <summary>What is asked for, by the keys of the address; null where it has the default.</summary>
    protected abstract IDictionary<string, string?> Asked { get; }

    /// <summary>Asks for what an address has, and for the default where it has nothing that can be read.</summary>
    protected abstract void Restore(IQueryCollection values);

    /// <summary>Reads what is asked for, and shows it unless it is overtaken by then.</summary>
    protected abstract Task ReadAsync(Caller caller);

    /// <summary>The query of an address.</summary>
    internal static QueryCollection QueryOf(string address) => new(QueryHelpers.ParseQuery(new Uri(address).Query));

    protected override Task OnInitializedAsync()
    {
        _path = new Uri(Navigation.Uri).AbsolutePath;
        Restore(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
        return base.OnInitializedAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        // Not waited for with the first reading: who does not answer sees days in UTC.
        var zone = await ViewerZone.AskAsync(Browser);
        if (zone.HasSameRules(Zone))
            return;
        Zone = zone;
        await ReloadAsync();
    }

    protected override Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> changes) => LoadAsync(caller);

    // One reading at a time; what is asked for meanwhile is read once, after it. So the last reading is of the last filter.
    protected override async Task LoadAsync(Caller caller)
    {
        if (_loading)
        {
            IsOvertaken = true;
            return;
        }

        _loading = true;
        try
        {
            do
            {
                IsOvertaken = false;
                await ReadAsync(caller);
            }
            while (IsOvertaken);
        }
        finally
        {
            _loading = false;
        }

        StateHasChanged();
    }

    /// <summary>After a change of the filter or the order: from the first page.</summary>
    protected Task FromTheStartAsync() => TurnAsync(1);

    protected async Task TurnAsync(int page)
    {
        Wanted = page;
        // Through the browser's own history: a navigation would count as a page that the person opened.
        var told = Browser.TellAsync("accounts.remember", _path, AskedWithPage());
        await ReloadAsync();
        await told;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Navigation.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private Dictionary<string, string?> AskedWithPage() => new(Asked, StringComparer.Ordinal) { [PageKey] = Wanted == 1 ? null : $"{Wanted}" };

    private void Restore(string address)
    {
        var values = QueryOf(address);
        Restore(values);
        Wanted = int.TryParse(QueryReader.One(values, PageKey), NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            ? Math.Clamp(page, 1, LastPage) : 1;
    }

    // A link on the page to the same page, or Back.
    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        if (!string.Equals(new Uri(change.Location).AbsolutePath, _path, StringComparison.Ordinal))
            return;
        var before = AskedWithPage();
        Restore(change.Location);
        if (!AskedWithPage().All(one => string.Equals(before.GetValueOrDefault(one.Key), one.Value, StringComparison.Ordinal)))
            _ = InvokeAsync(() => WatchedAsync(ReloadShownAsync));
    }

    private async Task ReloadShownAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }
}
