using System.Globalization;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.FirstLoad;

/// <summary>A page's transfers by kind: requests, bytes on the wire (compressed, with headers), and bytes when unpacked.</summary>
internal sealed class Transfer
{
    private readonly SortedDictionary<string, (int Requests, long Wire, long Raw)> _byKind = new(StringComparer.Ordinal);

    public async Task AddAsync(IRequest request)
    {
        if (await request.ResponseAsync() is not { } response)
            return;

        var sizes = await request.SizesAsync();
        var (requests, wire, raw) = _byKind.GetValueOrDefault(request.ResourceType);
        _byKind[request.ResourceType] =
            (requests + 1, wire + sizes.ResponseHeadersSize + sizes.ResponseBodySize, raw + (await response.BodyAsync()).Length);
    }

    public void Print(string page)
    {
        PrintLine(page, (_byKind.Values.Sum(k => k.Requests), _byKind.Values.Sum(k => k.Wire), _byKind.Values.Sum(k => k.Raw)));
        foreach (var (kind, sums) in _byKind)
            PrintLine("   " + kind, sums);
    }

    private static void PrintLine(string name, (int Requests, long Wire, long Raw) sums) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-28} {sums.Requests,3} requests {sums.Wire / 1000.0,8:F1} kB on the wire {sums.Raw / 1000.0,8:F1} kB unpacked"));
}
