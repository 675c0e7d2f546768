using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Web.Look;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;

namespace Accounts.Web.Tables;

/// <summary>A part of a page that shows filtered rows, one page at a time. It reloads when the filter or the data changes.</summary>
/// <remarks>The address holds the filter too, so a reload, a link and Back show the same. Other keys in the address stay.</remarks>
public abstract class LivePages : LiveSessions
{
    private const string PageKey = "page";
    private const int LastPage = 1_000_000;

    private bool _loading;
    private string _path = "";

    [Inject] protected TimeProvider Time { get; private set; } = default!;

    [Inject] protected IJSRuntime Browser { get; private set; } = default!;

    [Inject] protected NavigationManager Navigation { get; private set; } = default!;

    /// <summary>The requested page, from 1.</summary>
    protected int Wanted { get; set; } = 1;

    /// <summary>The viewer's time zone.</summary>
    protected TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Whether the filter has changed since the read began. The result is discarded and another read follows.</summary>
    protected bool IsOvertaken { get; private set; }

    protected override bool ShowsActs => false;

    /// <summary>The filter as query values. A default value is null.</summary>
    protected abstract IDictionary<string, string?> Asked { get; }

    /// <summary>Restores the filter from an address. Missing or invalid values get the default.</summary>
    protected abstract void Restore(IQueryCollection values);

    /// <summary>Reads the rows for the filter, and shows them unless the read is overtaken.</summary>
    protected abstract Task ReadAsync(Caller caller);

    /// <summary>The address that shows a page of the rows, for browsers without a circuit.</summary>
    protected virtual string AddressFor(int page) =>
        QueryHelpers.AddQueryString(_path, Asked.Append(new(PageKey, page == 1 ? null : $"{page}")).Where(one => one.Value is not null));

    /// <summary>An address's query.</summary>
    internal static QueryCollection QueryOf(string address) => new(QueryHelpers.ParseQuery(new Uri(address).Query));

    protected override Task BeginAsync(Caller caller)
    {
        _path = new Uri(Navigation.Uri).AbsolutePath;
        Restore(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
        return base.BeginAsync(caller);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        // The first read doesn't wait for the zone. A browser that doesn't answer gets days in UTC.
        var zone = await ViewerZone.AskAsync(Browser);
        if (zone.HasSameRules(Zone))
            return;
        Zone = zone;
        await ReloadAsync();
    }

    protected override Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> changes) => LoadAsync(caller);

    // Run one read at a time. Requests during a read cause one more read, so the last read always uses the last filter.
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

    /// <summary>Shows the first page after the filter or the order changed.</summary>
    protected Task FromTheStartAsync() => TurnAsync(1);

    protected async Task TurnAsync(int page)
    {
        Wanted = page;
        // Use the browser's own history. A navigation would count as a page that the user opened.
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
        Wanted = Math.Clamp(QueryReader.Number(values, PageKey) ?? 1, 1, LastPage);
    }

    // The user followed a link to the same page, or went back.
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
