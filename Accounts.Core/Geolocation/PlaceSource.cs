namespace Accounts.Core.Geolocation;

/// <summary>The geolocation database in use.</summary>
/// <param name="Path">The file; null for the bundled country database.</param>
/// <param name="Type">IP2Location's name for the set of columns, "DB1" to "DB26".</param>
/// <param name="Date">The date of the data; null if the file has none.</param>
/// <param name="Attribution">The attribution that pages with places must show; null if none is known.</param>
/// <param name="Problem">Why the current file was refused and an earlier one is still in use; null if there is no problem.</param>
public sealed record PlaceSource(string? Path, string Type, DateOnly? Date, PlaceAttribution? Attribution, string? Problem = null)
{
    /// <summary>The database's name. It never contains a folder.</summary>
    public string Name => Path is null ? "DB-IP Lite" : System.IO.Path.GetFileName(Path);
}

/// <summary>The attribution that a database's licence requires.</summary>
/// <param name="Text">The words: "IP Geolocation by DB-IP".</param>
/// <param name="Link">The link behind the words.</param>
/// <param name="Licence">The licence's name; null if the words come from the settings.</param>
/// <param name="LicenceText">The address of the licence's text.</param>
public sealed record PlaceAttribution(string Text, Uri Link, string? Licence = null, Uri? LicenceText = null);
