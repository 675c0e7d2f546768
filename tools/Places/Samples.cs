using Accounts.Core.Geolocation;

namespace Accounts.Places;

/// <summary>Small databases of each type, with a different text in every column, to compare readers.</summary>
internal static class Samples
{
    private static readonly string[] Countries = ["DE Germany", "JP Japan", "CI Côte d’Ivoire", "US United States"];
    private static readonly string[] AddressTypes = ["U", "A", "M"];
    private static readonly string[] Usages = ["ISP", "DCH", "ISP/MOB", "COM"];

    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var type = 1; type <= Ip2LocationColumns.LastType; type++)
            File.WriteAllBytes(Path.Combine(folder, $"DB{type}.bin"), Make(type).Write());
    }

    private static Ip2LocationWriter Make(int type)
    {
        var writer = new Ip2LocationWriter(type);
        for (var i = 1u; i < 200; i++)
        {
            var place = Place((int)i);
            writer.Add(new NumericAddress(i * 0x0101_2345u, IsV4: true), place);
        }

        for (var i = 1u; i < 200; i++)
            writer.Add(new NumericAddress((UInt128)(0x2400 + i) << 112 | ((UInt128)i << 60), IsV4: false), Place((int)i));
        return writer;
    }

    private static WrittenPlace Place(int i) => i % 7 == 0
        ? WrittenPlace.Nowhere
        : new WrittenPlace(
            Countries[i % 4][..2], Countries[i % 4][3..], $"Region {i % 11}", $"City {i % 13}", (i % 180) - 89.5f, (i % 360) - 179.25f,
            $"+{i % 13:00}:00", $"Provider {i % 17}", Usages[i % 4],
            AddressTypes[i % 3]);
}
