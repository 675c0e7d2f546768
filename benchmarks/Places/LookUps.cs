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
    private const string MaxMind = "GeoLite2-City with 3,000,000 networks and 200,000 cities";
    internal const int Count = 4096;

    private static readonly Lazy<PlaceDatabase> LargeReader = new(MakeLarge);
    private static readonly Lazy<PlaceDatabase> MaxMindReader = new(() => PlaceFile.Read(MakeMaxMind()));

    private readonly PlaceFinder _finder = new();
    private string[] _v4 = [];
    private string[] _v6 = [];

    internal static IReadOnlyList<string> Files { get; set; } = [];

    [ParamsSource(nameof(Databases))]
    public string Database { get; set; } = Bundled;

    public static IEnumerable<string> Databases => [Bundled, Large, MaxMind, .. Files];

    [GlobalSetup]
    public void SetUp()
    {
        var reader = Database switch
        {
            Bundled => BundledDatabase.Database,
            Large => LargeReader.Value,
            MaxMind => MaxMindReader.Value,
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

    /// <summary>A MaxMind file with as many networks and cities as the large BIN file.</summary>
    internal static byte[] MakeMaxMind()
    {
        const uint networks = 2_000_000;
        var writer = new MaxMindWriter("GeoLite2-City");
        var records = Enumerable.Range(0, 200_000).Select(city => Record(City((uint)city))).ToList();
        for (var i = 1u; i < networks; i++)
            writer.Add(new NumericAddress(i << 11, IsV4: true), 21, records[(int)(i * 2654435761u % 200_000)]);
        for (var i = 1u; i < networks / 2; i++)
        {
            var first = new NumericAddress((UInt128)(0x2400_0000_0000 + ((ulong)i * 0x75_0000)) << 80, IsV4: false);
            writer.Add(first, 32, records[(int)(i * 7 % 200_000)]);
        }

        return writer.Write();
    }

    private static Dictionary<string, object> Record(WrittenPlace place) => new(StringComparer.Ordinal)
    {
        ["city"] = Named(place.City),
        ["country"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["iso_code"] = place.Code, ["names"] = Names(place.Country) },
        ["location"] = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["latitude"] = (double)place.Latitude,
            ["longitude"] = (double)place.Longitude,
            ["time_zone"] = "Europe/Berlin",
        },
        ["subdivisions"] = new List<object> { Named(place.Region) },
    };

    private static Dictionary<string, object> Named(string name) => new(StringComparer.Ordinal) { ["names"] = Names(name) };

    private static Dictionary<string, object> Names(string name) => new(StringComparer.Ordinal) { ["de"] = name, ["en"] = name, ["fr"] = name };

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
