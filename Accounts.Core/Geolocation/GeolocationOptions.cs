using FluentValidation;

namespace Accounts.Core.Geolocation;

/// <summary>Where places come from. Section <c>Geolocation</c>.</summary>
public sealed class GeolocationOptions
{
    /// <summary>An IP2Location database in the BIN format; relative to the content root. Empty, the default: the country database that comes with the program.</summary>
    public string Path { get; set; } = "";

    /// <summary>What the licence of that file wants to be read on pages that show places, in its words: "IP2Location LITE". Empty, the default: nothing. The bundled database keeps its own.</summary>
    public string AttributionText { get; set; } = "";

    /// <summary>Where the words lead, an https address; empty where there are none.</summary>
    public string AttributionLink { get; set; } = "";

    /// <summary>How often it is looked whether another file has been put in its place: every 10 seconds.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);
}

internal sealed class GeolocationOptionsValidator : AbstractValidator<GeolocationOptions>
{
    private const int TextLimit = 200;
    private const int LinkLimit = 500;

    public GeolocationOptionsValidator()
    {
        RuleFor(o => o.Path).Must(path => !path.Contains('\0')).WithMessage("must name a file.");
        RuleFor(o => o.AttributionText).Must(text => text.Length <= TextLimit && !text.Any(char.IsControl)).WithMessage($"must be one line of at most {TextLimit} characters.");
        RuleFor(o => o.AttributionText).Must((o, text) => string.IsNullOrWhiteSpace(text) == (o.AttributionLink.Length == 0)).WithMessage("must be given together with AttributionLink, or neither.");
        RuleFor(o => o.AttributionLink).Must(IsLink).WithMessage($"must be an https address such as https://lite.ip2location.com/, of at most {LinkLimit} characters.");
        RuleFor(o => o.CheckInterval).InclusiveBetween(TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1)).WithMessage("must be between 0.1 seconds and 1 hour.");
    }

    private static bool IsLink(string link) =>
        link.Length == 0
        || (link.Length <= LinkLimit && Uri.TryCreate(link, UriKind.Absolute, out var address) && string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) && address.UserInfo.Length == 0);
}
