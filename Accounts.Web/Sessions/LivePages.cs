using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>A part of a page that shows one page of many rows, filtered, and reads it anew when something else is asked for or has happened.</summary>
public abstract class LivePages : LiveSessions
{
    private bool _loading;

    [Inject] protected TimeProvider Time { get; private set; } = default!;

    [Inject] protected IJSRuntime Browser { get; private set; } = default!;

    /// <summary>The page that is asked for, from 1.</summary>
    protected int Wanted { get; set; } = 1;

    /// <summary>The viewer's.</summary>
    protected TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Something else has been asked for since the reading began: it is not shown, the next one is.</summary>
    protected bool IsOvertaken { get; private set; }

    protected override bool ShowsActs => false;

    /// <summary>Reads what is asked for, and shows it unless it is overtaken by then.</summary>
    protected abstract Task ReadAsync(Caller caller);

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

    protected Task TurnAsync(int page)
    {
        Wanted = page;
        return ReloadAsync();
    }
}
