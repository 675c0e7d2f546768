using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Accounts.Core.Geolocation;

/// <summary>The IPv4 or the IPv6 table of a database: it maps each address to a place.</summary>
/// <remarks><see cref="Read"/> checks everything. A look-up uses only this object's arrays, so a bad file can't make it fail later.</remarks>
internal sealed class Ip2LocationTable<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>The index has an entry for each value of an address's first 16 bits: the first and the last row that may hold it.</summary>
    private const int IndexEntries = 65536;

    /// <summary>Every 64th row is also in a separate list, which is short enough to stay in the CPU's cache.</summary>
    private const int Step = 64;

    private readonly T[] _from;
    private readonly T[] _steps;
    private readonly int[] _places;

    private Ip2LocationTable(T[] from, int[] places)
    {
        _from = from;
        _steps = new T[(from.Length + Step - 1) / Step];
        for (var i = 0; i < _steps.Length; i++)
            _steps[i] = from[i * Step];
        _places = places;
    }

    public int Rows => _from.Length;

    /// <summary>Reads and checks a table.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">The table's position in the file.</param>
    /// <param name="columns">Columns of a row, including the IP-from.</param>
    /// <param name="places">Creates the rows' places.</param>
    /// <param name="name">"IPv4" or "IPv6", for error messages.</param>
    /// <exception cref="PlaceFileException">The table is invalid.</exception>
    public static Ip2LocationTable<T> Read(ReadOnlySpan<byte> file, Ip2LocationHeader.Table header, int columns,
        Ip2LocationPlaces places, string name)
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
        if (From(rows[^width..], size) != T.MaxValue)
            throw PlaceFileException.Damaged($"the {name} table does not end with the last address");

        var table = new Ip2LocationTable<T>(from, of);
        if (header.Index >= 0)
            table.CheckIndex(file, header.Index, name);
        return table;
    }

    /// <summary>The number of the address's place.</summary>
    public int Find(T address)
    {
        var start = Last(_steps, address) * Step;
        return _places[start + Last(_from.AsSpan(start, Math.Min(Step, _from.Length - start)), address)];
    }

    /// <summary>The index of the last start that is not above the address. The first start never is.</summary>
    private static int Last(ReadOnlySpan<T> from, T address)
    {
        var low = 0;
        for (var length = from.Length; length > 1;)
        {
            var half = length >> 1;
            low = from[low + half] <= address ? low + half : low;
            length -= half;
        }

        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // It runs once, before the runtime would optimize it.
    private static void Fill(ReadOnlySpan<byte> rows, int size, int width, T[] from, int[] of, Ip2LocationPlaces places, string name)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var row = rows.Slice(i * width, width);
            from[i] = From(row, size);
            // A row that begins where the next one does is empty and harmless. The vendor's samples have one.
            if (i == 0 ? from[i] != T.Zero : from[i] < from[i - 1])
                throw PlaceFileException.Damaged(
                    $"row {i + 1} of the {name} table begins {(i == 0 ? "after the first address" : "before the row above it")}");
            of[i] = places.Of(row[size..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T From(ReadOnlySpan<byte> row, int size) => T.ReadLittleEndian(row[..size], isUnsigned: true);

    /// <summary>Checks the file's index. We don't use it, but a wrong entry means that the file is damaged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckIndex(ReadOnlySpan<byte> file, long position, string name)
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
            row = Advance(row, block);
            var first = row;
            row = Advance(row, block | (T.MaxValue >> 16));
            var (low, high) = (BinaryPrimitives.ReadUInt32LittleEndian(index[(entry * width)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(index[((entry * width) + 4)..]));
            if (low > first || high < row || high > _from.Length)
                throw PlaceFileException.Damaged($"entry {entry} of the {name} index points to wrong rows");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Advance(int row, T address)
    {
        while (row + 1 < _from.Length && _from[row + 1] <= address)
            row++;
        return row;
    }
}
