using FluentValidation;

namespace Accounts.Core.Geolocation;

/// <summary>Where places come from. Section <c>Geolocation</c>.</summary>
public sealed class GeolocationOptions
{
    /// <summary>An IP2Location database in the BIN format; relative to the content root. Empty, the default: the country database that comes with the program.</summary>
    public string Path { get; set; } = "";

    /// <summary>How often it is looked whether another file has been put in its place: every 10 seconds.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);
}

internal sealed class GeolocationOptionsValidator : AbstractValidator<GeolocationOptions>
{
    public GeolocationOptionsValidator()
    {
        RuleFor(o => o.Path).Must(path => !path.Contains('\0')).WithMessage("must name a file.");
        RuleFor(o => o.CheckInterval).InclusiveBetween(TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1)).WithMessage("must be from 0.1 seconds to 1 hour.");
    }
}
