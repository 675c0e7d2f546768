using Accounts.Core.Storage;

namespace Accounts.Core.Devices;

/// <summary>A browser's User-Agent Client Hints headers, as sent, each cut to 256 characters; null for a missing one.</summary>
/// <remarks>Untrusted text, like the User-Agent. The headers are those of https://wicg.github.io/ua-client-hints/.</remarks>
public sealed record ClientHints
{
    /// <summary>Maximum length of each header, in characters. Real headers have fewer than 200.</summary>
    internal const int Limit = 256;

    /// <summary>Maximum length of <see cref="ToText"/>'s result, in characters.</summary>
    internal const int TextLimit = (7 * (Limit + 1)) + 1;

    internal static readonly ClientHints None = new();

    private const char Separator = '\n';

    /// <summary><c>Sec-CH-UA</c>: brands with major versions.</summary>
    public string? Brands { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Full-Version-List</c>: brands with full versions.</summary>
    public string? FullVersionList { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Platform</c>: <c>"Windows"</c>, in quotes.</summary>
    public string? Platform { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Platform-Version</c>: <c>"15.0.0"</c>, in quotes.</summary>
    public string? PlatformVersion { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Mobile</c>: <c>?0</c> or <c>?1</c>.</summary>
    public string? Mobile { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Model</c>: <c>"Pixel 9"</c>, in quotes; empty quotes on a desktop.</summary>
    public string? Model { get; init => field = Cut(value); }

    /// <summary><c>Sec-CH-UA-Form-Factors</c>: <c>"Desktop"</c>, <c>"Mobile", "EInk"</c> …</summary>
    public string? FormFactors { get; init => field = Cut(value); }

    /// <summary>Not a header: our script found a touch screen although the User-Agent says Macintosh. Only an iPad has both.</summary>
    public bool Touch { get; init; }

    /// <summary>Parses the result of <see cref="ToText"/>. It never fails: from another text it reads what it can.</summary>
    internal static ClientHints Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return None;

        var parts = text.Split(Separator);
        return new ClientHints
        {
            Brands = Part(0),
            FullVersionList = Part(1),
            Platform = Part(2),
            PlatformVersion = Part(3),
            Mobile = Part(4),
            Model = Part(5),
            FormFactors = Part(6),
            Touch = Part(7) is not null,
        };

        string? Part(int index) => index < parts.Length && parts[index].Length > 0 ? parts[index] : null;
    }

    /// <summary>All hints as one text, as a session stores them; null if there are none.</summary>
    internal string? ToText() => this == None
        ? null
        : string.Join(Separator, Brands, FullVersionList, Platform, PlatformVersion, Mobile, Model, FormFactors, Touch ? "1" : null);

    // A header has no line break. In a text from elsewhere, a line break would shift the parts.
    private static string? Cut(string? text) => text switch
    {
        null or "" => null,
        _ => ShortText.Cut(text, Limit).Replace(Separator, ' '),
    };
}
