using MudBlazor;

namespace Accounts.Web.Look;

/// <summary>The product's colors, type and shapes as MudBlazor's theme. tools/Sheets writes wwwroot/theme.css from it.</summary>
internal static class AccountsTheme
{
    private static readonly string[] Font = ["Roboto", "system-ui", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = Light(),
        PaletteDark = Dark(),
        // Sizes are 12, 14, 16, 20 and 28 pixels, weights 400 and 500.
        Typography = new Typography
        {
            Default = Type<DefaultTypography>(14, 20, 400),
            H1 = Type<H1Typography>(28, 36, 500, "-.01em"),
            H2 = Type<H2Typography>(20, 28, 500),
            H3 = Type<H3Typography>(16, 24, 500),
            H4 = Type<H4Typography>(16, 24, 500),
            H5 = Type<H5Typography>(14, 20, 500),
            H6 = Type<H6Typography>(20, 28, 500),
            Subtitle1 = Type<Subtitle1Typography>(16, 24, 500),
            Subtitle2 = Type<Subtitle2Typography>(14, 20, 500),
            Body1 = Type<Body1Typography>(14, 20, 400),
            Body2 = Type<Body2Typography>(14, 20, 400),
            Button = Type<ButtonTypography>(14, 20, 500),
            Caption = Type<CaptionTypography>(12, 16, 400),
            Overline = Type<OverlineTypography>(12, 16, 500),
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "16px", DrawerWidthLeft = "248px", AppbarHeight = "64px" },
        Shadows = new Shadow
        {
            // Cards use the first shadow. Menus and dialogs use the second at every elevation.
            Elevation =
            [
                "none",
                "0 1px 2px light-dark(rgb(20 22 40 / .06), transparent), 0 2px 8px light-dark(rgb(20 22 40 / .05), transparent)",
                .. Enumerable.Repeat("0 8px 32px light-dark(rgb(20 22 40 / .18), rgb(0 0 0 / .6))", 24),
            ],
        },
    };

    private static PaletteLight Light() => new()
    {
        Primary = "#4355b9", PrimaryContrastText = "#ffffff", PrimaryDarken = "#35449a", PrimaryLighten = "#dee0ff",
        // Secondary is the primary container color, for selected items and tiles.
        Secondary = "#dee0ff", SecondaryContrastText = "#00105c", SecondaryDarken = "#c9cdfb", SecondaryLighten = "#eceeff",
        Tertiary = "#7f86b8", TertiaryContrastText = "#ffffff",
        Info = "#4355b9", InfoContrastText = "#ffffff",
        // For these three, Lighten is the container and Darken is its text.
        Success = "#17692f", SuccessContrastText = "#ffffff", SuccessDarken = "#06280f", SuccessLighten = "#c9efd2",
        Warning = "#7a4d00", WarningContrastText = "#ffffff", WarningDarken = "#2c1a00", WarningLighten = "#ffe6c4",
        Error = "#b3261e", ErrorContrastText = "#ffffff", ErrorDarken = "#410e0b", ErrorLighten = "#fbe1de",
        Dark = "#1b1b21", DarkContrastText = "#ffffff", Black = "#1b1b21", White = "#ffffff",
        TextPrimary = "#1b1b21", TextSecondary = "#50525f", TextDisabled = "#767680",
        ActionDefault = "#50525f", ActionDisabled = "#767680", ActionDisabledBackground = "#eef0f7",
        Background = "#f7f8fc", BackgroundGray = "#eef0f7", Surface = "#ffffff",
        DrawerBackground = "#eef0f7", DrawerText = "#50525f", DrawerIcon = "#50525f", AppbarBackground = "#eef0f7", AppbarText = "#1b1b21",
        LinesDefault = "#dfe1ec", LinesInputs = "#767680", TableLines = "#dfe1ec", TableHover = "#eef0f7", TableStriped = "#f7f8fc",
        Divider = "#dfe1ec", DividerLight = "#dfe1ec", Skeleton = "#dfe1ec",
        GrayDefault = "#767680", GrayLight = "#b7b9c7", GrayLighter = "#dfe1ec", GrayDark = "#50525f", GrayDarker = "#1b1b21",
        OverlayDark = "rgba(20,22,40,.45)", OverlayLight = "rgba(255,255,255,.5)",
        HoverOpacity = .08, RippleOpacity = .1, BorderOpacity = 1,
    };

    private static PaletteDark Dark() => new()
    {
        Primary = "#bac3ff", PrimaryContrastText = "#0a2288", PrimaryDarken = "#9aa7ff", PrimaryLighten = "#2a3ca0",
        Secondary = "#2a3ca0", SecondaryContrastText = "#dee0ff", SecondaryDarken = "#223184", SecondaryLighten = "#3a4cb0",
        Tertiary = "#747a9e", TertiaryContrastText = "#121318",
        Info = "#bac3ff", InfoContrastText = "#0a2288",
        Success = "#8fd8a1", SuccessContrastText = "#06280f", SuccessDarken = "#c9efd2", SuccessLighten = "#114d24",
        Warning = "#ffcf8a", WarningContrastText = "#2c1a00", WarningDarken = "#ffe6c4", WarningLighten = "#4d3507",
        Error = "#f4b6b0", ErrorContrastText = "#410e0b", ErrorDarken = "#fbe1de", ErrorLighten = "#5c1a16",
        Dark = "#e4e4ec", DarkContrastText = "#121318", Black = "#121318", White = "#ffffff",
        TextPrimary = "#e4e4ec", TextSecondary = "#b7b9c7", TextDisabled = "#90909a",
        ActionDefault = "#b7b9c7", ActionDisabled = "#90909a", ActionDisabledBackground = "#17181e",
        Background = "#121318", BackgroundGray = "#17181e", Surface = "#1d1e25",
        DrawerBackground = "#17181e", DrawerText = "#b7b9c7", DrawerIcon = "#b7b9c7", AppbarBackground = "#17181e", AppbarText = "#e4e4ec",
        LinesDefault = "#33353f", LinesInputs = "#90909a", TableLines = "#33353f", TableHover = "#17181e", TableStriped = "#17181e",
        Divider = "#33353f", DividerLight = "#33353f", Skeleton = "#33353f",
        GrayDefault = "#90909a", GrayLight = "#50525f", GrayLighter = "#33353f", GrayDark = "#b7b9c7", GrayDarker = "#e4e4ec",
        OverlayDark = "rgba(0,0,0,.6)", OverlayLight = "rgba(18,19,24,.5)",
        HoverOpacity = .08, RippleOpacity = .1, BorderOpacity = 1,
    };

    private static T Type<T>(int pixels, int line, int weight, string spacing = "normal") where T : BaseTypography, new() => new()
    {
        FontFamily = Font,
        FontSize = FormattableString.Invariant($"{pixels}px"),
        LineHeight = FormattableString.Invariant($"{line}px"),
        FontWeight = FormattableString.Invariant($"{weight}"),
        LetterSpacing = spacing,
        TextTransform = "none",
    };
}
