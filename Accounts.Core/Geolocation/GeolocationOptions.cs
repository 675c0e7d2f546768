using FluentValidation;

namespace Accounts.Core.Geolocation;

/// <summary>The geolocation database. Section <c>Geolocation</c>.</summary>
public sealed class GeolocationOptions
{
    /// <summary>
    /// An IP2Location database (BIN) or a MaxMind database (MMDB), relative to the content root. Empty, the default: the bundled country database.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>The attribution that the file's licence requires on pages that show places: "IP2Location LITE". Empty, the default: none.</summary>
    /// <remarks>The bundled database, GeoLite2 and DB-IP Lite always show their own attribution.</remarks>
    public string AttributionText { get; set; } = "";

    /// <summary>The link of the attribution, an https address. Empty if there is no attribution.</summary>
    public string AttributionLink { get; set; } = "";

    /// <summary>How often to check for a replaced file: every 10 seconds.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The age from which Accounts warns that the data is old: 90 days.</summary>
    public TimeSpan WarnAfter { get; set; } = TimeSpan.FromDays(90);
}

internal sealed class GeolocationOptionsValidator : AbstractValidator<GeolocationOptions>
{
    private const int TextLimit = 200;
    private const int LinkLimit = 500;

    public GeolocationOptionsValidator()
    {
        RuleFor(o => o.Path).Must(path => !path.Contains('\0', StringComparison.Ordinal)).WithMessage("must be the path of a file.");
        RuleFor(o => o.AttributionText).Must(text => text.Length <= TextLimit && !text.Any(char.IsControl))
            .WithMessage($"must be one line of at most {TextLimit} characters.");
        RuleFor(o => o.AttributionText).Must((o, text) => string.IsNullOrWhiteSpace(text) == (o.AttributionLink.Length == 0))
            .WithMessage("must be set together with AttributionLink. Set both or neither.");
        RuleFor(o => o.AttributionLink).Must(IsLink)
            .WithMessage($"must be an https address such as https://lite.ip2location.com/, of at most {LinkLimit} characters.");
        RuleFor(o => o.CheckInterval).InclusiveBetween(TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1))
            .WithMessage("must be between 0.1 seconds and 1 hour.");
        RuleFor(o => o.WarnAfter).InclusiveBetween(TimeSpan.FromDays(1), TimeSpan.FromDays(3650))
            .WithMessage("must be between 1 and 3650 days.");
    }

    private static bool IsLink(string link) =>
        link.Length == 0
        || (link.Length <= LinkLimit && Uri.TryCreate(link, UriKind.Absolute, out var address)
            && string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) && address.UserInfo.Length == 0);
}
