using System.Globalization;
using Accounts.Core.Geolocation;

namespace Accounts.Places;

/// <summary>Looks up addresses in a file: one address per input line, one line of tab-separated fields as output, "-" for an unknown field.</summary>
internal static class LookUp
{
    public static async Task RunAsync(string path)
    {
        var reader = new PlaceFile(path).Read();
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (!NumericAddress.TryParse(line, out var address))
                throw new FormatException($"'{line}' is not an address.");
            var place = reader.Find(address);
            string?[] fields =
            [
                place.CountryCode, place.Country, place.Region, place.City, Degrees(place.Latitude), Degrees(place.Longitude),
                place.TimeZone, place.Provider,
                place.Network switch { NetworkKind.Hosting => "hosting", NetworkKind.Anycast => "anycast", _ => null },
            ];
            await output.WriteLineAsync(string.Join('\t', fields.Select(field => field ?? "-")));
        }
    }

    private static string? Degrees(float? value) => ((double?)value)?.ToString("R", CultureInfo.InvariantCulture);
}
