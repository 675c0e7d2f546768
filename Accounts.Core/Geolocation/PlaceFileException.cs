namespace Accounts.Core.Geolocation;

/// <summary>A file can't be used as the geolocation database.</summary>
/// <remarks>The message completes "The geolocation file … cannot be used:". It says why and what to do.</remarks>
internal sealed class PlaceFileException(string message, Exception? inner = null) : Exception(message, inner)
{
    public static PlaceFileException Damaged(string detail, Exception? inner = null) => new($"it is damaged ({detail}). Copy the file again.", inner);
}
