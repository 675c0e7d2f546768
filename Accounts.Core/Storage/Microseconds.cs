using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Accounts.Core.Storage;

/// <summary>Stores a time as a 64-bit count of microseconds since 1970 in UTC, so that every engine compares and sorts it as a number.</summary>
internal sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(time => FromTime(time), count => ToTime(count))
{
    public static long FromTime(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long count) => new(DateTimeOffset.UnixEpoch.Ticks + count * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
