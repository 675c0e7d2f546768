using System.Numerics;

namespace Accounts.Core.Geolocation;

/// <summary>Maps each IPv4 or each IPv6 address to the number of its place. A look-up allocates nothing and can't fail.</summary>
/// <param name="from">The first address of each range, ascending. The first range begins at address 0.</param>
/// <param name="places">The number of each range's place.</param>
internal sealed class PlaceTable<T>(T[] from, int[] places) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>Every 64th range is also in a separate list, which is short enough to stay in the CPU's cache.</summary>
    private const int Step = 64;

    private readonly T[] _steps = EveryStep(from);

    public int Rows => from.Length;

    /// <summary>The number of the address's place.</summary>
    public int Find(T address)
    {
        var start = Last(_steps, address) * Step;
        return places[start + Last(from.AsSpan(start, Math.Min(Step, from.Length - start)), address)];
    }

    /// <summary>The index of the last start that is not above the address. The first start never is.</summary>
    private static int Last(ReadOnlySpan<T> from, T address)
    {
        var low = 0;
        for (var length = from.Length; length > 1;)
        {
            var half = length >> 1;
            low = from[low + half] <= address ? low + half : low;
            length -= half;
        }

        return low;
    }

    private static T[] EveryStep(T[] from)
    {
        var steps = new T[(from.Length + Step - 1) / Step];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = from[i * Step];
        return steps;
    }
}
