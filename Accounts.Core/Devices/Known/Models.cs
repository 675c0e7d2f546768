using System.Buffers;

namespace Accounts.Core.Devices.Known;

/// <summary>The kind of device by its model's name, if the User-Agent doesn't say it otherwise.</summary>
internal static class Models
{
    private static readonly (string Start, DeviceType Type)[] Starts =
    [
        ("SM-A", DeviceType.Mobile), ("SM-G", DeviceType.Mobile), ("SM-J", DeviceType.Mobile), ("SM-N", DeviceType.Mobile),
        ("SM-S", DeviceType.Mobile),
        ("SM-T", DeviceType.Tablet), ("SM-X", DeviceType.Tablet), ("SM-P", DeviceType.Tablet), ("GT-P", DeviceType.Tablet), ("GT-N8",
        DeviceType.Tablet), ("GT-N51", DeviceType.Tablet),
        ("Nexus 7", DeviceType.Tablet), ("Nexus 9", DeviceType.Tablet), ("Nexus 10", DeviceType.Tablet), ("Pixel C", DeviceType.Tablet),
        ("Pixel Tablet", DeviceType.Tablet),
        ("Lenovo TB", DeviceType.Tablet),
        ("TB-", DeviceType.Tablet), ("TB3", DeviceType.Tablet), ("TB1", DeviceType.Tablet), ("AGS", DeviceType.Tablet),
        ("BAH", DeviceType.Tablet), ("KOB", DeviceType.Tablet), ("SHT-", DeviceType.Tablet), ("BTV-", DeviceType.Tablet), ("CMR-", DeviceType.Tablet),
        ("SCMR-", DeviceType.Tablet), ("MRX-", DeviceType.Tablet), ("DBY-", DeviceType.Tablet), ("WGR-", DeviceType.Tablet),
        ("Kindle Fire", DeviceType.Tablet), ("SHIELD Tablet", DeviceType.Tablet),
        ("AFT", DeviceType.TV), ("BRAVIA", DeviceType.TV), ("MiTV", DeviceType.TV), ("MIBOX", DeviceType.TV),
        ("Mi Box", DeviceType.TV), ("SHIELD Android TV", DeviceType.TV), ("ADT-1", DeviceType.TV), ("ADT-2", DeviceType.TV),
        ("ADT-3", DeviceType.TV), ("ADT-4", DeviceType.TV),
        ("SM-R8", DeviceType.Watch), ("SM-R9", DeviceType.Watch), ("SM-L3", DeviceType.Watch), ("SM-L5", DeviceType.Watch),
        ("SM-L7", DeviceType.Watch), ("OPWW", DeviceType.Watch), ("Pixel Watch", DeviceType.Watch), ("TicWatch",
        DeviceType.Watch), ("OPPO Watch", DeviceType.Watch),
    ];

    // A phone may have such a word in its name: "Polestar Phone".
    private static readonly (string Start, DeviceType Type)[] Words =
    [
        ("Xoom", DeviceType.Tablet), ("Kindle", DeviceType.Tablet), ("Chromecast", DeviceType.TV), ("Google TV", DeviceType.TV),
        ("Polestar", DeviceType.Car), ("OUYA", DeviceType.Console), ("Xbox", DeviceType.Console),
    ];

    private static readonly string[] TabletWords = ["Tablet", "MediaPad", "MatePad", "MagicPad", " Pad", "_Pad", "Galaxy Tab", " Tab ",
    "Redmi Pad", "OnePlus Pad", "IdeaPad", "PadFone"];

    private static readonly SearchValues<char> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // Prefixes of phones whose model comes first: "Nokia6230/2.0".
    private static readonly string[] Phones =
        ["Nokia", "SonyEricsson", "MOT-", "SAMSUNG-", "SEC-", "LG-", "LGE", "HUAWEI", "ZTE-", "ALCATEL", "Pantech", "HTC_", "HTC-"];

    /// <summary>Whether the name is a phone's that puts its model before the browser's name.</summary>
    public static bool IsPhone(ReadOnlySpan<char> product)
    {
        foreach (var phone in Phones)
        {
            if (product.StartsWith(phone, StringComparison.OrdinalIgnoreCase) && product.ContainsAny(VersionText.AllDigits))
                return true;
        }

        return false;
    }

    /// <summary>The kind of device; Unknown if the name doesn't tell.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="isMobile">The text says "Mobile". Then a word such as "Tablet" in the name doesn't count, only a maker's code.</param>
    public static DeviceType TypeOf(ReadOnlySpan<char> model, bool isMobile)
    {
        var type = TypeOf(model, Starts);
        if (type == DeviceType.Unknown && !isMobile)
            type = TypeOf(model, Words);
        if (type != DeviceType.Unknown)
            return type;

        foreach (var word in TabletWords)
        {
            if (!isMobile && model.Contains(word, StringComparison.OrdinalIgnoreCase))
                return DeviceType.Tablet;
        }

        // A Fire tablet: "KFMAWI".
        if (model.Length is >= 4 and <= 8 && model.StartsWith("KF", StringComparison.Ordinal) && !model.ContainsAnyExcept(Capitals))
            return DeviceType.Tablet;
        return model.EndsWith(" TV", StringComparison.OrdinalIgnoreCase) || model.Contains("SmartTV",
        StringComparison.OrdinalIgnoreCase) || model.Contains("Smart TV", StringComparison.OrdinalIgnoreCase)
            ? DeviceType.TV
            : DeviceType.Unknown;
    }

    private static DeviceType TypeOf(ReadOnlySpan<char> model, (string Start, DeviceType Type)[] starts)
    {
        foreach (var (start, type) in starts)
        {
            if (model.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return type;
        }

        return DeviceType.Unknown;
    }

    /// <summary>Whether the part ends with a build's number, as only a model does: "Iron 1 Build/AP4A.250205.002".</summary>
    public static bool HasBuild(ReadOnlySpan<char> part) => part.Contains(" Build/", StringComparison.Ordinal);

    /// <summary>The model in a comment's part: "Pixel 2" for "Pixel 2 Build/OPD3.170816.012"; empty if the part is no model.</summary>
    public static ReadOnlySpan<char> In(ReadOnlySpan<char> part)
    {
        var build = part.IndexOf("Build", StringComparison.OrdinalIgnoreCase);
        if (build >= 0 && (build == 0 || part[build - 1] == ' '))
            part = part[..build];
        var slash = part.IndexOf('/');
        part = (slash >= 0 ? part[..slash] : part).Trim();
        if (part.StartsWith("SAMSUNG ", StringComparison.OrdinalIgnoreCase) || part.StartsWith("SAMSUNG-", StringComparison.OrdinalIgnoreCase))
            part = part["SAMSUNG ".Length..];
        return part.Length < 2 || IsLanguage(part) || part.ContainsAny(':', '=') ? [] : part;
    }

    /// <summary>Whether the text is a language: "en-us", "zh_CN".</summary>
    public static bool IsLanguage(ReadOnlySpan<char> part) =>
        part.Length is 2 ? char.IsAsciiLetterLower(part[0]) && char.IsAsciiLetterLower(part[1])
        : part.Length == 5 && part[2] is '-' or '_' && char.IsAsciiLetterLower(part[0]) && char.IsAsciiLetterLower(part[1])
            && char.IsAsciiLetter(part[3]) && char.IsAsciiLetter(part[4]);
}
