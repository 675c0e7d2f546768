namespace Accounts.Core.Geolocation;

/// <summary>What holds for the places of every file, whatever its format.</summary>
internal static class PlaceRules
{
    /// <summary>A country's code, checked: two capital letters, or null.</summary>
    /// <exception cref="PlaceFileException">It is anything else.</exception>
    public static string? Code(string? code) =>
        code is null or [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] ? code : throw PlaceFileException.Damaged($"a country code is '{code}'");

    /// <summary>Degrees of latitude or longitude, checked.</summary>
    /// <param name="degrees">The degrees.</param>
    /// <param name="limit">The most in either direction: 90 or 180.</param>
    /// <exception cref="PlaceFileException">They are more than that, or no number.</exception>
    public static float Degrees(float degrees, float limit) =>
        MathF.Abs(degrees) <= limit ? degrees : throw PlaceFileException.Damaged("a latitude or longitude is invalid");
}
