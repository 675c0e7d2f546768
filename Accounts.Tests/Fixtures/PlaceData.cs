using Accounts.Core.Geolocation;
using Accounts.Places;

namespace Accounts.Tests.Fixtures;

/// <summary>Geolocation databases that tests make for themselves.</summary>
internal static class PlaceData
{
    public static readonly WrittenPlace Berlin = new("DE", "Germany", "Berlin", "Berlin", 52.5f, 13.4f, "+02:00", "Example Telecom", "ISP");
    public static readonly WrittenPlace Osaka = new("JP", "Japan", "Osaka", "Osaka", 34.7f, 135.5f, "+09:00", "Example Net", "DCH");
    public static readonly WrittenPlace Abidjan = new("CI", "Côte d’Ivoire", "Abidjan", "Abidjan", 5.3f, -4f, "+00:00", "Exemple CI", "ISP/MOB", "A");

    public static NumericAddress At(string address) =>
        NumericAddress.TryParse(address, out var number) ? number : throw new ArgumentException($"'{address}' is not an address.", nameof(address));

    /// <summary>Berlin at 5.0.0.0/8 and 2a01::/16, Osaka at 6.0.0.0/8 and 2a02::/16, Abidjan at 196.0.0.0/7; the rest is unknown.</summary>
    public static Ip2LocationWriter Small(int type, bool hasV6 = true, bool hasIndex = false, bool isOld = false, (int, int, int)? date = null)
    {
        var writer = new Ip2LocationWriter(type) { HasIndex = hasIndex, IsOld = isOld, Date = date ?? (isOld ? (20, 1, 1) : (26, 6, 1)) };
        writer.Add(At("5.0.0.0"), Berlin);
        writer.Add(At("6.0.0.0"), Osaka);
        writer.Add(At("7.0.0.0"), WrittenPlace.Nowhere);
        writer.Add(At("196.0.0.0"), Abidjan);
        writer.Add(At("198.0.0.0"), WrittenPlace.Nowhere);
        if (hasV6)
        {
            writer.Add(At("2a01::"), Berlin);
            writer.Add(At("2a02::"), Osaka);
            writer.Add(At("2a03::"), WrittenPlace.Nowhere);
        }

        return writer;
    }

    /// <summary>A database in which every IPv4 address is in one country.</summary>
    public static byte[] Only(string code, string country)
    {
        var writer = new Ip2LocationWriter(type: 1) { HasIndex = false };
        writer.Add(new NumericAddress(0, IsV4: true), new WrittenPlace(code, country));
        return writer.Write();
    }
}
