using System.Globalization;

namespace Accounts.Core.Geolocation;

/// <summary>The metadata of a MaxMind database (MMDB): a map behind a mark near the file's end.</summary>
/// <remarks>The format: https://maxmind.github.io/MaxMind-DB/.</remarks>
/// <param name="Type">The file's name for its type: "GeoLite2-City".</param>
/// <param name="Date">The day on which the file was built; null if the file has no plausible one.</param>
/// <param name="Nodes">The search tree's number of nodes.</param>
/// <param name="RecordBits">The length of one of a node's two records: 24, 28 or 32 bits.</param>
/// <param name="HasV6">Whether the tree has 128-bit addresses, with those of IPv4 at ::/96. Otherwise it has 32-bit addresses.</param>
/// <param name="Data">The position of the data section, which follows the tree.</param>
/// <param name="DataEnd">The position behind the data section.</param>
internal sealed record MaxMindHeader(string Type, DateOnly? Date, int Nodes, int RecordBits, bool HasV6, int Data, int DataEnd)
{
    /// <summary>The number of zero bytes between the tree and the data. A record that points to data counts from there.</summary>
    public const int Separator = 16;

    private const int FormatVersion = 2;
    private const int TypeLimit = 100;
    private const int FirstYear = 2000;
    private const int LastYear = 2200;

    /// <summary>The metadata are within the last 128 kB.</summary>
    private const int MetadataLimit = 128 * 1024;

    private static readonly byte[] Mark = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    /// <summary>What to do with a file that has no places.</summary>
    public string Advice => $"Its type is '{Type}'. Use a database of cities or countries, such as GeoLite2-City.";

    /// <summary>Whether the file has the mark of a MaxMind database, whatever its name.</summary>
    public static bool IsIn(ReadOnlySpan<byte> file) => FindMark(file) >= 0;

    /// <exception cref="PlaceFileException">The metadata are damaged, or they don't fit the file.</exception>
    public static MaxMindHeader Read(ReadOnlySpan<byte> file)
    {
        var mark = FindMark(file);
        var metadata = new MaxMindSection(file[(mark + Mark.Length)..]);
        metadata.Check(0, out _);
        if (metadata.Number(0, "binary_format_major_version") is var version && version != FormatVersion)
            throw new PlaceFileException($"its format has version {version}, but Accounts reads version {FormatVersion}. Use a newer Accounts.");
        var type = metadata.Text(0, "database_type");
        // Pages show it, and a format character could turn their lines around.
        if (type is not { Length: > 0 and <= TypeLimit } || type.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format))
            throw PlaceFileException.Damaged("its metadata name no type");
        var bits = metadata.Number(0, "record_size");
        if (bits is not (24 or 28 or 32))
            throw PlaceFileException.Damaged($"its metadata say {bits} bits a record");
        var addresses = metadata.Number(0, "ip_version");
        if (addresses is not (4 or 6))
            throw PlaceFileException.Damaged($"its metadata say IP version {addresses}");

        var nodes = metadata.Number(0, "node_count");
        var tree = nodes <= (ulong)mark ? nodes * bits / 4 : ulong.MaxValue - Separator;
        if (nodes == 0 || tree + Separator > (ulong)mark)
            throw PlaceFileException.Damaged($"its metadata say {nodes} nodes, but the file has {file.Length} bytes");
        var data = (int)tree + Separator;
        if (file[(int)tree..data].ContainsAnyExcept((byte)0))
            throw PlaceFileException.Damaged("its data do not follow its search tree");
        return new MaxMindHeader(type, ReadDate(metadata.Number(0, "build_epoch")), (int)nodes, (int)bits, addresses == 6, data, mark);
    }

    private static int FindMark(ReadOnlySpan<byte> file)
    {
        var from = Math.Max(0, file.Length - MetadataLimit);
        var at = file[from..].LastIndexOf(Mark);
        return at < 0 ? -1 : from + at;
    }

    private static DateOnly? ReadDate(ulong epoch)
    {
        if (epoch > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return null;
        var date = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds((long)epoch).UtcDateTime);
        return date.Year is >= FirstYear and <= LastYear ? date : null;
    }
}
