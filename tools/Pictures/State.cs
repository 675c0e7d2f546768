using Microsoft.Playwright;

namespace Accounts.Pictures;

/// <summary>A state that a page can be in, and how one gets there.</summary>
/// <param name="Page">The page, as files are named: "sign-in".</param>
/// <param name="Name">The state, as files are named: "error".</param>
/// <param name="Says">The state, for people.</param>
/// <param name="Reach">Gets there, and waits until it is there. What does not come is a timeout.</param>
/// <param name="Shows">What must be in the picture; null: the top of the page.</param>
/// <param name="Wide">It is pictured in wide windows too.</param>
/// <param name="InEach">What is done in each window: a menu stands where its button was when it was opened.</param>
internal sealed record State(
    string Page, string Name, string Says, Func<Scene, Task> Reach, Func<Scene, ILocator>? Shows = null, bool Wide = false, Func<Scene, Task>? InEach = null)
{
    /// <summary>The windows that it is pictured in.</summary>
    public IEnumerable<Look> Looks => Wide ? Look.All.Concat(Look.Wide) : Look.All;

    /// <summary>How its pictures begin.</summary>
    public string File => $"{Page}-{Name}";
}

/// <summary>A window and its colours.</summary>
internal sealed record Look(string Name, int Width, int Height, ColorScheme Colours)
{
    public static readonly IReadOnlyList<Look> All =
    [
        new("desktop-light", 1280, 800, ColorScheme.Light),
        new("desktop-dark", 1280, 800, ColorScheme.Dark),
        new("phone-light", 390, 844, ColorScheme.Light),
        new("phone-dark", 390, 844, ColorScheme.Dark),
    ];

    /// <summary>What the states that fill any window are pictured in besides.</summary>
    public static readonly IReadOnlyList<Look> Wide =
    [
        new("1440-light", 1440, 900, ColorScheme.Light),
        new("1920-dark", 1920, 1080, ColorScheme.Dark),
    ];
}
