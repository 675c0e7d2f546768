using System.Globalization;

namespace Accounts.Benchmarks;

/// <summary>This process's memory.</summary>
/// <param name="Managed">The objects on the managed heap, in bytes.</param>
/// <param name="Resident">What the process has in memory, in bytes.</param>
internal sealed record MemoryUse(long Managed, long Resident)
{
    /// <summary>Longer than the flush interval of activity, so that no write is pending afterwards.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>The memory now. What nobody holds any more counts until the next collection.</summary>
    public static MemoryUse Now() => new(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);

    /// <summary>The memory after a rest and a full collection.</summary>
    public static async Task<MemoryUse> SettleAsync()
    {
        await Task.Delay(Rest);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new MemoryUse(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    /// <summary>The higher figure of each kind.</summary>
    public static MemoryUse Max(MemoryUse one, MemoryUse other) =>
        new(Math.Max(one.Managed, other.Managed), Math.Max(one.Resident, other.Resident));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"managed {Managed / 1e6,6:F1} MB, resident {Resident / 1e6,6:F1} MB");
}
