using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Accounts.Core.Geolocation;

/// <summary>One table of a database, IPv4 or IPv6: which place each address has.</summary>
/// <remarks>Everything is read and checked when it is made. A look-up touches its own arrays only, so nothing in the file can mislead or fail it later.</remarks>
internal sealed class Ip2LocationTable<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>An entry for each value of the first 16 bits of an address: the first and the last row that may hold it.</summary>
    private const int IndexEntries = 65536;

    /// <summary>Each so-many-th row also stands in a list of its own, which is short enough to stay in the processor's cache.</summary>
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

    /// <summary>Reads a table whole.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">Where in it the table is.</param>
    /// <param name="columns">The columns of a row, the IP-from counted.</param>
    /// <param name="places">Makes the places of the rows.</param>
    /// <param name="name">"IPv4" or "IPv6", for the message.</param>
    /// <exception cref="PlaceFileException">Something in it is not as it must be.</exception>
    public static Ip2LocationTable<T> Read(ReadOnlySpan<byte> file, Ip2LocationHeader.Table header, int columns, Ip2LocationPlaces places, string name)
    {
        var size = T.MaxValue.GetByteCount();
        var width = size + (4 * (columns - 1));
        // The last row only says where the last but one ends.
        if (header.Rows < 2)
            throw PlaceFileException.Damaged($"the {name} table has no rows");
        if (header.Position < Ip2LocationHeader.Bytes || header.Position + ((long)header.Rows * width) > file.Length)
            throw PlaceFileException.Damaged($"the {name} table is not within the file");

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

    /// <summary>The number of the place that the address has.</summary>
    public int Find(T address)
    {
        var start = Last(_steps, address) * Step;
        return _places[start + Last(_from.AsSpan(start, Math.Min(Step, _from.Length - start)), address)];
    }

    /// <summary>The last that is not above the address; the first never is.</summary>
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // It runs once, at start, before the runtime has found out that it is long.
    private static void Fill(ReadOnlySpan<byte> rows, int size, int width, T[] from, int[] of, Ip2LocationPlaces places, string name)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var row = rows.Slice(i * width, width);
            from[i] = From(row, size);
            // A row that begins where the next one does is empty and harmless; the vendor's samples have one.
            if (i == 0 ? from[i] != T.Zero : from[i] < from[i - 1])
                throw PlaceFileException.Damaged($"row {i + 1} of the {name} table begins {(i == 0 ? "after the first address" : "before the row above it")}");
            of[i] = places.Of(row[size..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T From(ReadOnlySpan<byte> row, int size) => T.ReadLittleEndian(row[..size], isUnsigned: true);

    /// <summary>The index is not needed here, but where it leads elsewhere than the rows something in the file is wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckIndex(ReadOnlySpan<byte> file, long position, string name)
    {
        const int width = 8;
        if (position < Ip2LocationHeader.Bytes || position + (IndexEntries * width) > file.Length)
            throw PlaceFileException.Damaged($"the {name} index is not within the file");

        var index = file.Slice((int)position, IndexEntries * width);
        var shift = (T.MaxValue.GetByteCount() * 8) - 16;
        var row = 0;
        for (var entry = 0; entry < IndexEntries; entry++)
        {
            var block = T.CreateTruncating(entry) << shift;
            row = Advance(row, block);
            var first = row;
            row = Advance(row, block | (T.MaxValue >> 16));
            var (low, high) = (BinaryPrimitives.ReadUInt32LittleEndian(index[(entry * width)..]), BinaryPrimitives.ReadUInt32LittleEndian(index[((entry * width) + 4)..]));
            if (low > first || high < row || high > _from.Length)
                throw PlaceFileException.Damaged($"entry {entry} of the {name} index does not lead to its rows");
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
