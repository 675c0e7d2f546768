using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>A state of a page, and how to reach it.</summary>
/// <param name="Page">The page, as in the file name: "sign-in".</param>
/// <param name="Name">The state, as in the file name: "error".</param>
/// <param name="Says">The state's description for readers.</param>
/// <param name="Reach">Reaches the state and waits for it. Times out if it doesn't come.</param>
/// <param name="Shows">The element that must be in the picture; null for the top of the page.</param>
/// <param name="Wide">Whether to take pictures in wide windows too.</param>
/// <param name="InEach">Runs in each window. For example, it opens a menu, whose position depends on the window.</param>
internal sealed record State(
    string Page, string Name, string Says, Func<Scene, Task> Reach, Func<Scene, ILocator>? Shows = null, bool Wide = false,
    Func<Scene, Task>? InEach = null)
{
    /// <summary>The windows of the pictures.</summary>
    public IEnumerable<Look> Looks => Wide ? Look.All.Concat(Look.Wide) : Look.All;

    /// <summary>The prefix of the pictures' file names.</summary>
    public string File => $"{Page}-{Name}";
}

/// <summary>A window and its color scheme.</summary>
internal sealed record Look(string Name, int Width, int Height, ColorScheme Colours)
{
    public static readonly IReadOnlyList<Look> All =
    [
        new("desktop-light", 1280, 800, ColorScheme.Light),
        new("desktop-dark", 1280, 800, ColorScheme.Dark),
        new("phone-light", 390, 844, ColorScheme.Light),
        new("phone-dark", 390, 844, ColorScheme.Dark),
    ];

    /// <summary>Additional windows for wide states.</summary>
    public static readonly IReadOnlyList<Look> Wide =
    [
        new("1440-light", 1440, 900, ColorScheme.Light),
        new("1920-dark", 1920, 1080, ColorScheme.Dark),
    ];
}
