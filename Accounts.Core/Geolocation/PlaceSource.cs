namespace Accounts.Core.Geolocation;

/// <summary>The database that places come from at the moment.</summary>
/// <param name="Path">The file; null: the country database that comes with the program.</param>
/// <param name="Type">"DB1" to "DB26", as IP2Location numbers its databases by what they hold.</param>
/// <param name="Date">The day of the data, if the file says one.</param>
/// <param name="Attribution">What must stand on a page that shows places; null: nothing that is known here.</param>
/// <param name="Problem">Why the file that lies there now is not in use, and an earlier one still is; null: all is well.</param>
public sealed record PlaceSource(string? Path, string Type, DateOnly? Date, PlaceAttribution? Attribution, string? Problem = null)
{
    /// <summary>What people call it: never a path.</summary>
    public string Name => Path is null ? "DB-IP Lite" : System.IO.Path.GetFileName(Path);
}

/// <summary>The words that a database's licence asks for, and where they lead.</summary>
/// <param name="Text">"IP Geolocation by DB-IP".</param>
/// <param name="Link">Where the words lead.</param>
/// <param name="Licence">The name of the licence; null where the settings give the words.</param>
/// <param name="LicenceText">Where its text is.</param>
public sealed record PlaceAttribution(string Text, Uri Link, string? Licence = null, Uri? LicenceText = null);
