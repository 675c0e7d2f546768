using Microsoft.JSInterop;

namespace Accounts.Web.Tables;

/// <summary>The time zone that the viewer's browser reports. It only decides where a day begins on the page.</summary>
internal static class ViewerZone
{
    private const int IdLimit = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the browser (viewer.js) for its zone. If it doesn't answer, the zone is UTC.</summary>
    public static async Task<TimeZoneInfo> AskAsync(IJSRuntime browser)
    {
        try
        {
            // The browser may send any answer, or none.
            var answer = await browser.InvokeAsync<Answer?>("viewerZone", Patience);
            return Find(answer?.Id, answer?.Minutes ?? 0);
        }
        catch (Exception failure)
            when (failure is JSException or JSDisconnectedException or OperationCanceledException or System.Text.Json.JsonException)
        {
            return TimeZoneInfo.Utc;
        }
    }

    /// <summary>Finds a zone by name. For an unknown name, it returns a zone with a fixed offset from UTC.</summary>
    /// <param name="id">A name such as "Europe/Vienna". It comes from the browser, so don't trust it.</param>
    /// <param name="minutes">How far the browser is ahead of UTC now.</param>
    public static TimeZoneInfo Find(string? id, int minutes)
    {
        // The framework looks for a file of this name, so accept a name but no path.
        if (id is { Length: > 0 and <= IdLimit } && char.IsAsciiLetter(id[0])
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
            && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            return zone;

        return minutes is 0 or < -14 * 60 or > 14 * 60
            ? TimeZoneInfo.Utc
            : TimeZoneInfo.CreateCustomTimeZone("Viewer", TimeSpan.FromMinutes(minutes), null, null);
    }

    /// <summary>The day that contains a moment.</summary>
    public static DateOnly DayOf(this TimeZoneInfo zone, DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>When a day begins. If the clocks go forward at midnight, the day begins an hour later.</summary>
    public static DateTimeOffset StartOf(this TimeZoneInfo zone, DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight))
            midnight = midnight.AddHours(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private sealed record Answer(string? Id, int Minutes);
}
