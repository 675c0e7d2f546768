namespace Accounts.Core.Geolocation;

/// <summary>Which columns of an IP2Location row make up a place, by database type.</summary>
/// <remarks>Columns count from 0, the country's, after the IP-from. -1 if the type has no such column.</remarks>
internal sealed record Ip2LocationColumns(int Count, int Region, int Latitude, int TimeZone, int Provider, int Usage, int AddressType)
{
    public const int LastType = 26;

    /// <summary>
    /// The column groups of each type, always in this order: country; region and city; latitude and longitude; zip code; time zone; internet
    /// provider; domain; net speed; telephone codes (2); weather station (2); mobile network (3); elevation; usage type; kind of address and
    /// category (2); district and network (6). https://www.ip2location.com/database
    /// </summary>
    private static readonly string[] Types =
    [
        "", "C", "CI", "CR", "CRI", "CRL", "CRLI", "CRID", "CRLID", "CRLZ", "CRLZID", "CRLZT", "CRLZTID", "CRLTN", "CRLZTIDN", "CRLZTP", "CRLZTIDNP",
        "CRLTNW", "CRLZTIDNPW", "CRLIDM",
        "CRLZTIDNPWM", "CRLZTPE", "CRLZTIDNPWME", "CRLIDMU", "CRLZTIDNPWMEU", "CRLZTIDNPWMEUA", "CRLZTIDNPWMEUAX",
    ];

    /// <summary>Older files of the last type lack up to this many of its last columns.</summary>
    private const int OptionalOfLastType = 3;

    /// <summary>The columns of a type, 1 to 26. The count excludes the IP-from.</summary>
    public static Ip2LocationColumns Of(int type)
    {
        var groups = Types[type];
        return new Ip2LocationColumns(groups.Sum(Width), Find('R'), Find('L'), Find('T'), Find('I'), Find('U'), Find('A'));

        int Find(char group) => groups.IndexOf(group, StringComparison.Ordinal) is >= 0 and var at ? groups[..at].Sum(Width) : -1;
    }

    /// <summary>Whether a file of this type may have this many columns, including the IP-from.</summary>
    public static bool Allows(int type, int columns)
    {
        var count = Of(type).Count + 1;
        return columns <= count && columns >= (type == LastType ? count - OptionalOfLastType : count);
    }

    private static int Width(char group) => group switch
    {
        'R' or 'L' or 'P' or 'W' or 'A' => 2,
        'M' => 3,
        'X' => 6,
        _ => 1,
    };
}
