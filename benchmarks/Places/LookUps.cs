using System.Net;
using Accounts.Core.Geolocation;
using Accounts.Places;
using BenchmarkDotNet.Attributes;

namespace Accounts.Benchmarks.Places;

/// <summary>Look-ups of random addresses, including the parsing of their text, as pages and the registry do them.</summary>
public class LookUps
{
    private const string Bundled = "bundled";
    private const string Large = "DB11 with 3,000,000 rows and 200,000 cities";
    internal const int Count = 4096;

    private static readonly Lazy<PlaceDatabase> LargeReader = new(MakeLarge);

    private readonly PlaceFinder _finder = new();
    private string[] _v4 = [];
    private string[] _v6 = [];

    internal static IReadOnlyList<string> Files { get; set; } = [];

    [ParamsSource(nameof(Databases))]
    public string Database { get; set; } = Bundled;

    public static IEnumerable<string> Databases => [Bundled, Large, .. Files];

    [GlobalSetup]
    public void SetUp()
    {
        var reader = Database switch
        {
            Bundled => BundledDatabase.Database,
            Large => LargeReader.Value,
            _ => new PlaceFile(Database).Read(),
        };
        _finder.Use(reader, new PlaceSource(Database, reader.Type, reader.Date, Attribution: null));
        var random = new Random(1);
        _v4 = [.. Enumerable.Range(0, Count).Select(_ => Address(random, 4))];
        _v6 = [.. Enumerable.Range(0, Count).Select(_ => Address(random, 16))];
    }

    [Benchmark(Description = "IPv4", OperationsPerInvoke = Count)]
    public int FindV4() => Find(_v4);

    [Benchmark(Description = "IPv6", OperationsPerInvoke = Count)]
    public int FindV6() => Find(_v6);

    private int Find(string[] addresses)
    {
        var found = 0;
        foreach (var address in addresses)
            found += _finder.Find(address).CountryCode is null ? 0 : 1;
        return found;
    }

    /// <summary>A random address that may be assigned. An IPv6 address is in the registries' blocks.</summary>
    private static string Address(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        if (size == 4)
            bytes[0] = (byte)random.Next(1, 224);
        else
            (bytes[0], bytes[1]) =
                (random.Next(5) switch { 0 => (byte)0x24, 1 => (byte)0x26, 2 => (byte)0x28, _ => (byte)0x2a }, (byte)random.Next(16));
        return new IPAddress(bytes).ToString();
    }

    private static PlaceDatabase MakeLarge()
    {
        const uint rows = 2_000_000;
        var writer = new Ip2LocationWriter(type: 11);
        for (var i = 1u; i < rows; i++)
            writer.Add(new NumericAddress(i * 2000, IsV4: true), City(i));
        for (var i = 1u; i < rows / 2; i++)
            writer.Add(new NumericAddress((UInt128)(0x2400_0000_0000 + ((ulong)i * 0x75_0000)) << 80, IsV4: false), City(i * 7));
        return Ip2LocationReader.Read(writer.Write());
    }

    private static WrittenPlace City(uint row)
    {
        var city = row * 2654435761u % 200_000;
        return new WrittenPlace("DE", "Germany", $"Region {city % 1000}", $"City {city}", city % 90, city % 180, "+02:00");
    }
}
