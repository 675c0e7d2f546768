using System.Buffers.Binary;

namespace Accounts.Core.Geolocation;

/// <summary>What an IP2Location database says of itself in its first 64 bytes.</summary>
/// <param name="Type">1 to 26: DB1 to DB26.</param>
/// <param name="Columns">Columns of a row, the IP-from counted.</param>
/// <param name="Date">The day of the data; null where the file has none that is a date, as the vendor's samples.</param>
/// <param name="V4">The IPv4 table.</param>
/// <param name="V6">The IPv6 table; without rows in a database of IPv4 alone.</param>
internal sealed record Ip2LocationHeader(int Type, int Columns, DateOnly? Date, Ip2LocationHeader.Table V4, Ip2LocationHeader.Table V6)
{
    public const int Bytes = 64;

    /// <summary>From this year on, counted from 2000, a file says which product it is.</summary>
    private const int FirstYearWithProduct = 21;

    private const string IsOther = "Put an IP2Location database in the BIN format in its place (DB1 to DB26), or correct Geolocation:Path in appsettings.json.";

    /// <summary>https://maxmind.github.io/MaxMind-DB/#database-metadata: within the last 128 kB.</summary>
    private static readonly byte[] MmdbMark = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    /// <summary>Where a table is: positions are counted from 0; an index at -1 is not there.</summary>
    internal sealed record Table(uint Rows, long Position, long Index);

    /// <exception cref="PlaceFileException">It is not such a database, or it is not whole.</exception>
    public static Ip2LocationHeader Read(ReadOnlySpan<byte> file)
    {
        RequireFormat(file);
        if (file.Length < Bytes)
            throw new PlaceFileException("it is cut off: it is shorter than its header. Put a whole copy of it in its place.");

        var (type, columns, year, product) = (file[0], file[1], file[2], file[29]);
        if (product == 2)
            throw new PlaceFileException($"it is an IP2Proxy database, which has no places. {IsOther}");
        if (type is 0 or > Ip2LocationColumns.LastType || (product != 1 && (product != 0 || year >= FirstYearWithProduct)))
            throw new PlaceFileException($"it is not an IP2Location database. {IsOther}");
        if (!Ip2LocationColumns.Allows(type, columns))
            throw PlaceFileException.Damaged($"its header speaks of {columns} columns, which DB{type} does not have");

        var length = LengthOf(file);
        if (length > file.Length)
            throw new PlaceFileException($"it is cut off: its header speaks of {length} bytes, and it has {file.Length}. Put a whole copy of it in its place.");
        if (length > 0 && length < file.Length)
            throw PlaceFileException.Damaged($"its header speaks of {length} bytes, and it has {file.Length}");

        // Addresses are counted from 1.
        var v4 = new Table(Number(file, 5), Number(file, 9) - 1L, Number(file, 21) - 1L);
        var v6 = new Table(Number(file, 13), Number(file, 17) - 1L, Number(file, 25) - 1L);
        return new Ip2LocationHeader(type, columns, ReadDate(year, file[3], file[4]), v4, v6);
    }

    /// <summary>The length that the file itself says it has; 0 in old files.</summary>
    public static uint LengthOf(ReadOnlySpan<byte> header) => Number(header, 31);

    private static uint Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);

    private static DateOnly? ReadDate(int year, int month, int day) =>
        month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2000 + year, month) ? new DateOnly(2000 + year, month, day) : null;

    private static void RequireFormat(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            throw new PlaceFileException("it is empty. Put a whole copy of it in its place.");
        if (file is [(byte)'P', (byte)'K', ..] or [0x1f, 0x8b, ..])
            throw new PlaceFileException("it is a packed archive. Unpack it, and put the BIN file that is inside in its place.");
        if (file[^Math.Min(file.Length, 128 * 1024)..].IndexOf(MmdbMark) >= 0)
            throw new PlaceFileException($"it is a MaxMind database (MMDB). {IsOther}");
        if (!file[..Math.Min(file.Length, Bytes)].ContainsAnyInRange((byte)0, (byte)8))
            throw new PlaceFileException($"it is a text, as a CSV file is. {IsOther}");
    }
}
