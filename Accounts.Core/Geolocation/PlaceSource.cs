namespace Accounts.Core.Geolocation;

/// <summary>The geolocation database in use.</summary>
/// <param name="Path">The file; null for the bundled country database.</param>
/// <param name="Type">IP2Location's name for the set of columns, "DB1" to "DB26", or a MaxMind file's own name for its type, "GeoLite2-City".</param>
/// <param name="Date">The date of the data; null if the file has none.</param>
/// <param name="Attribution">The attribution that pages with places must show; null if none is known.</param>
/// <param name="Problem">Why the current file was refused and an earlier one is still in use; null if there is no problem.</param>
public sealed record PlaceSource(string? Path, string Type, DateOnly? Date, PlaceAttribution? Attribution, string? Problem = null)
{
    /// <summary>The database's name. It never contains a folder.</summary>
    public string Name => Path is null ? "DB-IP Lite" : System.IO.Path.GetFileName(Path);

    /// <summary>The data counts as old after this time: its date plus <c>Geolocation:WarnAfter</c>. Null if the date is unknown.</summary>
    public DateTimeOffset? OldAfter { get; init; }

    /// <summary>Whether the data is old, so that places may be wrong.</summary>
    /// <param name="now">The time now.</param>
    public bool IsOld(DateTimeOffset now) => now > OldAfter;

    /// <summary>The age of the data; null if its date is unknown.</summary>
    /// <param name="now">The time now.</param>
    public TimeSpan? Age(DateTimeOffset now) => Date is { } date ? now - Midnight(date) : null;

    /// <summary>The beginning of the day that the data is of.</summary>
    internal static DateTimeOffset Midnight(DateOnly date) => new(date, TimeOnly.MinValue, TimeSpan.Zero);
}

/// <summary>The attribution that a database's licence requires.</summary>
/// <param name="Text">The words: "IP Geolocation by DB-IP".</param>
/// <param name="Link">The link behind the words.</param>
/// <param name="Licence">The licence's name; null if the words come from the settings.</param>
/// <param name="LicenceText">The address of the licence's text.</param>
public sealed record PlaceAttribution(string Text, Uri Link, string? Licence = null, Uri? LicenceText = null)
{
    /// <summary>Of DB-IP's Lite databases.</summary>
    internal static readonly PlaceAttribution DbIp = new(
        "IP Geolocation by DB-IP", new Uri("https://db-ip.com/"), "CC BY 4.0", new Uri("https://creativecommons.org/licenses/by/4.0/"));

    /// <summary>Of MaxMind's GeoLite databases: https://dev.maxmind.com/geoip/geolite2-free-geolocation-data.</summary>
    internal static readonly PlaceAttribution GeoLite = new(
        "This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com", new Uri("https://www.maxmind.com/"));

    /// <summary>The attribution that a MaxMind file of this type requires; null if it requires none, or if the type is unknown.</summary>
    /// <param name="type">The file's name for its type: "GeoLite2-City", "DBIP-City-Lite".</param>
    internal static PlaceAttribution? Of(string type)
    {
        if (type.StartsWith("GeoLite", StringComparison.Ordinal))
            return GeoLite;
        return type.StartsWith("DBIP", StringComparison.Ordinal) && type.Contains("Lite", StringComparison.Ordinal) ? DbIp : null;
    }
}
