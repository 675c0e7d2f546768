using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Accounts.Core.Geolocation;

/// <summary>Reads the IPv4 or the IPv6 table of a file, and checks everything in it.</summary>
internal static class Ip2LocationTable
{
    /// <summary>The index has an entry for each value of an address's first 16 bits: the first and the last row that may hold it.</summary>
    private const int IndexEntries = 65536;

    /// <summary>Reads and checks a table.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">The table's position in the file.</param>
    /// <param name="columns">Columns of a row, including the IP-from.</param>
    /// <param name="places">Creates the rows' places.</param>
    /// <param name="name">"IPv4" or "IPv6", for error messages.</param>
    /// <exception cref="PlaceFileException">The table is invalid.</exception>
    public static PlaceTable<T> Read<T>(ReadOnlySpan<byte> file, Ip2LocationHeader.Table header, int columns, Ip2LocationPlaces places, string name)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var size = T.MaxValue.GetByteCount();
        var width = size + (4 * (columns - 1));
        // The last row only marks the end of the row before it.
        if (header.Rows < 2)
            throw PlaceFileException.Damaged($"the {name} table has no rows");
        if (header.Position < Ip2LocationHeader.Bytes || header.Position + ((long)header.Rows * width) > file.Length)
            throw PlaceFileException.Damaged($"the {name} table lies outside the file");

        var rows = file.Slice((int)header.Position, (int)header.Rows * width);
        var from = new T[header.Rows - 1];
        var of = new int[from.Length];
        Fill(rows, size, width, from, of, places, name);
        if (From<T>(rows[^width..], size) != T.MaxValue)
            throw PlaceFileException.Damaged($"the {name} table does not end with the last address");

        if (header.Index >= 0)
            CheckIndex(file, header.Index, from, name);
        return new PlaceTable<T>(from, of);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // It runs once, before the runtime would optimize it.
    private static void Fill<T>(ReadOnlySpan<byte> rows, int size, int width, T[] from, int[] of, Ip2LocationPlaces places, string name)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (var i = 0; i < from.Length; i++)
        {
            var row = rows.Slice(i * width, width);
            from[i] = From<T>(row, size);
            // A row that begins where the next one does is empty and harmless. The vendor's samples have one.
            if (i == 0 ? from[i] != T.Zero : from[i] < from[i - 1])
                throw PlaceFileException.Damaged(
                    $"row {i + 1} of the {name} table begins {(i == 0 ? "after the first address" : "before the row above it")}");
            of[i] = places.Of(row[size..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T From<T>(ReadOnlySpan<byte> row, int size) where T : struct, IBinaryInteger<T> =>
        T.ReadLittleEndian(row[..size], isUnsigned: true);

    /// <summary>Checks the file's index. We don't use it, but a wrong entry means that the file is damaged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckIndex<T>(ReadOnlySpan<byte> file, long position, T[] from, string name)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        const int width = 8;
        if (position < Ip2LocationHeader.Bytes || position + (IndexEntries * width) > file.Length)
            throw PlaceFileException.Damaged($"the {name} index lies outside the file");

        var index = file.Slice((int)position, IndexEntries * width);
        var shift = (T.MaxValue.GetByteCount() * 8) - 16;
        var row = 0;
        for (var entry = 0; entry < IndexEntries; entry++)
        {
            var block = T.CreateTruncating(entry) << shift;
            row = Advance(from, row, block);
            var first = row;
            row = Advance(from, row, block | (T.MaxValue >> 16));
            var (low, high) = (BinaryPrimitives.ReadUInt32LittleEndian(index[(entry * width)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(index[((entry * width) + 4)..]));
            if (low > first || high < row || high > from.Length)
                throw PlaceFileException.Damaged($"entry {entry} of the {name} index points to wrong rows");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Advance<T>(T[] from, int row, T address) where T : struct, IBinaryInteger<T>
    {
        while (row + 1 < from.Length && from[row + 1] <= address)
            row++;
        return row;
    }
}
