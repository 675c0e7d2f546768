namespace Accounts.Core.Audit;

/// <summary>Reads events in batches, the latest first. Each batch starts after the one before it.</summary>
internal static class AuditEventOrder
{
    /// <summary>The events after a batch, the latest first.</summary>
    /// <param name="events">The events.</param>
    /// <param name="last">The last event of the batch before; null for the first batch.</param>
    public static IQueryable<AuditEventRow> LatestAfter(this IQueryable<AuditEventRow> events, AuditEventRow? last)
    {
        // The first comparison is the range of the index where the batch begins.
        if (last is not null)
            events = events.Where(e => e.At <= last.At && (e.At < last.At || e.Id < last.Id));
        return events.OrderByDescending(e => e.At).ThenByDescending(e => e.Id);
    }
}
