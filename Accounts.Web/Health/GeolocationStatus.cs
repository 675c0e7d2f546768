using Accounts.Core.Geolocation;

namespace Accounts.Web.Health;

/// <summary>The geolocation database in use. What is not known is null.</summary>
/// <param name="Name">What people call it, or the name of its file; never a path.</param>
/// <param name="Type">Its kind, as its maker counts: "DB1".</param>
/// <param name="Date">The day that it is from.</param>
/// <param name="Attribution">What its licence asks to be said: "IP Geolocation by DB-IP".</param>
/// <param name="Licence">Where that leads to.</param>
/// <param name="Problem">Why a newer file is not in use. For staff: it may say where the file is.</param>
internal sealed record GeolocationStatus(string Name, string? Type = null, DateOnly? Date = null, string? Attribution = null, Uri? Licence = null, string? Problem = null)
{
    /// <summary>What the finder looks into. Today it has no database and knows local addresses alone.</summary>
    public static GeolocationStatus Of(PlaceFinder places)
    {
        ArgumentNullException.ThrowIfNull(places);
        return new("None");
    }
}
