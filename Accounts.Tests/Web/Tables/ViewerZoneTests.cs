using Accounts.Tests.Fixtures;
using Accounts.Web.History;
using Accounts.Web.Tables;

namespace Accounts.Tests.Web.Tables;

public sealed class ViewerZoneTests
{
    [Theory]
    [InlineData("Europe/Vienna", 0, 60)]
    [InlineData("America/New_York", 0, -300)]
    [InlineData("Nowhere/Land", 345, 345)]
    [InlineData(null, -90, -90)]
    [InlineData("Nowhere/Land", 100_000, 0)]
    [InlineData("../../../etc/localtime", 45, 45)]
    [InlineData("/etc/localtime", 45, 45)]
    public void A_viewers_zone_is_the_named_one_or_the_offset_from_UTC(string? id, int minutes, int ahead)
    {
        var zone = ViewerZone.Find(id, minutes);
        Assert.Equal(TimeSpan.FromMinutes(ahead), zone.GetUtcOffset(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("Europe/Vienna", "2026-03-29", "2026-03-28T23:00:00Z")]
    [InlineData("Europe/Vienna", "2026-03-30", "2026-03-29T22:00:00Z")]
    // Clocks go from 00:00 to 01:00, so that day has no midnight.
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z")]
    public void A_day_begins_at_midnight_in_the_viewers_zone(string id, string day, string start) =>
        Assert.Equal(DateTimeOffset.Parse(start), ViewerZone.Find(id, 0).StartOf(DateOnly.Parse(day)));

    [Fact]
    public void The_timeline_is_proportional_to_time_and_ends_with_the_viewers_day()
    {
        var now = TestClock.Start;
        var zone = ViewerZone.Find("Europe/Vienna", 0);
        var days = SessionTimeline.Of([], now, zone).Days;
        Assert.Equal(14, days.Count);
        Assert.Equal(new DateTimeOffset(2026, 2, 15, 23, 0, 0, TimeSpan.Zero), days[0].At);
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 23, 0, 0, TimeSpan.Zero), days[^1].At);
        Assert.Equal(days[0].At, SessionTimeline.Start(now, zone));

        var span = new TimelineSpan(now.AddDays(-10), now.AddDays(10), now);
        Assert.Equal([0, 0, 0.5, 0.75, 1, 1], new[] { -400, -10, 0, 5, 10, 400 }.Select(offset => span.Share(now.AddDays(offset))));
    }
}
