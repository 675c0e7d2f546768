using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Accounts.Core.Geolocation;

namespace Accounts.Places;

/// <summary>Builds a country database (DB1) from the unpacked npm package <c>@ip-location-db/dbip-country</c>.</summary>
internal static partial class DbIpCountries
{
    /// <param name="folder">The folder with the package's package.json.</param>
    /// <returns>The file's bytes, the package's version, and the date of its data.</returns>
    public static (byte[] File, string Version, DateOnly Date) Read(string folder)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "package.json")));
        var version = package.RootElement.GetProperty("version").GetString()!;
        var date = DateOnly.ParseExact(DateInVersion().Match(version).Value, "yyyyMMdd", CultureInfo.InvariantCulture);

        var writer = new Ip2LocationWriter(type: 1) { Date = (date.Year - 2000, date.Month, date.Day) };
        Add<uint>(writer, Path.Combine(folder, "dbip-country-ipv4-num.csv"), isV4: true);
        Add<UInt128>(writer, Path.Combine(folder, "dbip-country-ipv6-num.csv"), isV4: false);
        return (writer.Write(), version, date);
    }

    /// <summary>Lines have the form "first, last, country", in address order. Addresses between two ranges belong to no country.</summary>
    private static void Add<T>(Ip2LocationWriter writer, string path, bool isV4) where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        foreach (var line in File.ReadLines(path))
        {
            var parts = line.Split(',');
            var (first, last, code) = (T.Parse(parts[0], CultureInfo.InvariantCulture), T.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
            writer.Add(Address(first), new WrittenPlace(code, CountryNames.Of(code)));
            if (last < T.MaxValue)
                writer.Add(Address(last + T.One), WrittenPlace.Nowhere);
        }

        NumericAddress Address(T value) => new(UInt128.CreateChecked(value), isV4);
    }

    /// <summary>The version's third number starts with the date: 2.3.2026060120.</summary>
    [GeneratedRegex(@"(?<=^\d+\.\d+\.)\d{8}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DateInVersion();
}
