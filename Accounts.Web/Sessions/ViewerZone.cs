using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>The time zone that the viewer's browser says it is in. It decides where a day begins on the page, and nothing else.</summary>
internal static class ViewerZone
{
    private const int IdLimit = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the browser (viewer.js). A browser that does not answer is in UTC.</summary>
    public static async Task<TimeZoneInfo> AskAsync(IJSRuntime browser)
    {
        try
        {
            // It may be anything, nothing too.
            var answer = await browser.InvokeAsync<Answer?>("viewerZone", Patience);
            return Find(answer?.Id, answer?.Minutes ?? 0);
        }
        catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException or System.Text.Json.JsonException)
        {
            return TimeZoneInfo.Utc;
        }
    }

    /// <summary>The zone of this name; where this server does not know it, one that is always that far ahead of UTC.</summary>
    /// <param name="id">"Europe/Vienna". It comes from the browser: anybody's text.</param>
    /// <param name="minutes">How far the browser is ahead of UTC now.</param>
    public static TimeZoneInfo Find(string? id, int minutes)
    {
        // The framework looks for a file of this name: a name, not a path.
        if (id is { Length: > 0 and <= IdLimit } && char.IsAsciiLetter(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
            && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            return zone;

        return minutes is 0 or < -14 * 60 or > 14 * 60 ? TimeZoneInfo.Utc : TimeZoneInfo.CreateCustomTimeZone("Viewer", TimeSpan.FromMinutes(minutes), null, null);
    }

    /// <summary>The day that a moment is in.</summary>
    public static DateOnly DayOf(this TimeZoneInfo zone, DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>The moment at which a day begins; on a day without a midnight, when the clocks go forward then, an hour later.</summary>
    public static DateTimeOffset StartOf(this TimeZoneInfo zone, DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight))
            midnight = midnight.AddHours(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private sealed record Answer(string? Id, int Minutes);
}
