using System.Buffers.Binary;

namespace Accounts.Core.Geolocation;

/// <summary>The header of an IP2Location database: its first 64 bytes.</summary>
/// <param name="Type">1 to 26: DB1 to DB26.</param>
/// <param name="Columns">Columns of a row, including the IP-from.</param>
/// <param name="Date">The date of the data; null if the file has no valid date, like the vendor's samples.</param>
/// <param name="V4">The IPv4 table.</param>
/// <param name="V6">The IPv6 table; without rows in an IPv4-only database.</param>
internal sealed record Ip2LocationHeader(int Type, int Columns, DateOnly? Date, Ip2LocationHeader.Table V4, Ip2LocationHeader.Table V6)
{
    public const int Bytes = 64;

    /// <summary>From this year on, counted from 2000, a file names its product.</summary>
    private const int FirstYearWithProduct = 21;

    private const string Usable = "Use an IP2Location database in BIN format (DB1 to DB26) or a MaxMind database (MMDB) of cities or countries.";

    /// <summary>A table's position in the file, counted from 0. An index of -1 means that there is none.</summary>
    internal sealed record Table(uint Rows, long Position, long Index);

    /// <exception cref="PlaceFileException">The file is not an IP2Location database, or it is incomplete.</exception>
    public static Ip2LocationHeader Read(ReadOnlySpan<byte> file)
    {
        RequireFormat(file);
        if (file.Length < Bytes)
            throw new PlaceFileException("it is incomplete: it is shorter than its header. Copy the file again.");

        var (type, columns, year, product) = (file[0], file[1], file[2], file[29]);
        if (product == 2)
            throw new PlaceFileException($"it is an IP2Proxy database, which has no places. {Usable}");
        if (type is 0 or > Ip2LocationColumns.LastType || (product != 1 && (product != 0 || year >= FirstYearWithProduct)))
            throw new PlaceFileException($"it is not a geolocation database, or its end is missing. {Usable}");
        if (!Ip2LocationColumns.Allows(type, columns))
            throw PlaceFileException.Damaged($"its header says {columns} columns, which DB{type} does not have");

        var length = LengthOf(file);
        if (length > file.Length)
            throw new PlaceFileException($"it is incomplete: its header says {length} bytes, but it has {file.Length}. Copy the file again.");
        if (length > 0 && length < file.Length)
            throw PlaceFileException.Damaged($"its header says {length} bytes, but it has {file.Length}");

        // The file counts positions from 1.
        var v4 = new Table(Number(file, 5), Number(file, 9) - 1L, Number(file, 21) - 1L);
        var v6 = new Table(Number(file, 13), Number(file, 17) - 1L, Number(file, 25) - 1L);
        return new Ip2LocationHeader(type, columns, ReadDate(year, file[3], file[4]), v4, v6);
    }

    /// <summary>The file's length as its header says; 0 in old files.</summary>
    public static uint LengthOf(ReadOnlySpan<byte> header) => Number(header, 31);

    private static uint Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);

    private static DateOnly? ReadDate(int year, int month, int day) =>
        month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2000 + year, month) ? new DateOnly(2000 + year, month, day) : null;

    private static void RequireFormat(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            throw new PlaceFileException("it is empty. Copy the file again.");
        if (file is [(byte)'P', (byte)'K', ..] or [0x1f, 0x8b, ..])
            throw new PlaceFileException("it is a compressed archive. Unpack it and use the BIN or MMDB file inside.");
        if (!file[..Math.Min(file.Length, Bytes)].ContainsAnyInRange((byte)0, (byte)8))
            throw new PlaceFileException($"it is a text file, such as CSV. {Usable}");
    }
}
