using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>A state that a page can be in, and how one gets there.</summary>
/// <param name="Page">The page, as files are named: "sign-in".</param>
/// <param name="Name">The state, as files are named: "error".</param>
/// <param name="Says">The state, for people.</param>
/// <param name="Reach">Gets there, and waits until it is there. What does not come is a timeout.</param>
/// <param name="Shows">What must be in the picture; null: the top of the page.</param>
internal sealed record State(string Page, string Name, string Says, Func<Scene, Task> Reach, Func<Scene, ILocator>? Shows = null)
{
    /// <summary>How its pictures begin.</summary>
    public string File => $"{Page}-{Name}";
}

/// <summary>A window and its colours.</summary>
internal sealed record Look(string Name, int Width, int Height, ColorScheme Colours)
{
    public static readonly IReadOnlyList<Look> All =
    [
        new("desktop-light", 1360, 900, ColorScheme.Light),
        new("desktop-dark", 1360, 900, ColorScheme.Dark),
        new("phone-light", 390, 844, ColorScheme.Light),
        new("phone-dark", 390, 844, ColorScheme.Dark),
    ];
}
