namespace Accounts.Core.Geolocation;

/// <summary>A file cannot serve as the geolocation database. The message goes on after "The geolocation file … cannot be used:" and says why and what to do.</summary>
internal sealed class PlaceFileException(string message, Exception? inner = null) : Exception(message, inner)
{
    public static PlaceFileException Damaged(string detail) => new($"it is damaged ({detail}). Put a whole copy of it in its place.");
}
