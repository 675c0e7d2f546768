using Accounts.Core.Geolocation;
using Accounts.Places;

namespace Accounts.Tests.Fixtures;

/// <summary>Geolocation databases that tests make for themselves.</summary>
internal static class PlaceData
{
    public static readonly WrittenPlace Berlin = new("DE", "Germany", "Berlin", "Berlin", 52.5f, 13.4f, "+02:00", "Example Telecom", "ISP");
    public static readonly WrittenPlace Osaka = new("JP", "Japan", "Osaka", "Osaka", 34.7f, 135.5f, "+09:00", "Example Net", "DCH");
    public static readonly WrittenPlace Abidjan = new("CI", "Côte d’Ivoire", "Abidjan", "Abidjan", 5.3f, -4f, "+00:00", "Exemple CI", "ISP/MOB", "A");

    /// <summary>
    /// The first and the last address of each range in <see cref="Small"/> and <see cref="MaxMindData.Sample"/>, and its neighbours, with the code of
    /// the country. Tunnels have the place of their IPv4 address.
    /// </summary>
    public static TheoryData<string, string?> Bounds => new()
    {
        { "0.0.0.0", null },
        { "4.255.255.255", null },
        { "5.0.0.0", "DE" },
        { "5.255.255.255", "DE" },
        { "6.0.0.0", "JP" },
        { "6.255.255.255", "JP" },
        { "7.0.0.0", null },
        { "195.255.255.255", null },
        { "196.0.0.0", "CI" },
        { "197.255.255.255", "CI" },
        { "198.0.0.0", null },
        { "255.255.255.254", null },
        { "255.255.255.255", null },
        { "::", null },
        { "2a00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null },
        { "2a01::", "DE" },
        { "2a01:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "DE" },
        { "2a02::", "JP" },
        { "2a03::", null },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null },
        { "::ffff:5.0.0.0", "DE" },
        { "2002:0600::", "JP" },
        { "2002:05ff:ffff:ffff:ffff:ffff:ffff:ffff", "DE" },
        { "2001:0:1:2:3:4:faff:ffff", "DE" },
        { "2001:0:ffff:ffff:ffff:ffff:f9ff:ffff", "JP" },
        { "2001:1:0:0:0:0:faff:ffff", null },
    };

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
