using System.Collections;
using System.Net;
using System.Numerics;

namespace Accounts.Core.Geolocation;

/// <summary>Walks the search tree of a MaxMind database once, from the lowest address to the highest, and lists the ranges.</summary>
/// <remarks>It visits each node once. So no tree, however damaged, can make the walk long.</remarks>
internal sealed class MaxMindTree(byte[] file, MaxMindHeader header, MaxMindPlaces places)
{
    private const int LeadingZeros = 96;
    private const uint None = uint.MaxValue;

    private readonly BitArray _seen = new(header.Nodes);

    /// <summary>The table of IPv4 addresses, and that of IPv6 addresses; null in a file that has none.</summary>
    /// <exception cref="PlaceFileException">The tree is damaged, or a record in it.</exception>
    public (PlaceTable<uint> V4, PlaceTable<UInt128>? V6) Read()
    {
        if (!header.HasV6)
            return (Read<uint>(0, None), null);

        var v4 = 0u;
        for (var i = 0; i < LeadingZeros && v4 < header.Nodes; i++)
            v4 = Record(v4, 0);
        // 6to4, Teredo and mapped addresses lead to the IPv4 tree. They are looked up as IPv4 addresses, so the walk leaves them out.
        var v6 = Read<UInt128>(0, v4);
        return (Read<uint>(v4, None), v6);
    }

    private PlaceTable<T> Read<T>(uint root, uint leftOut) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var ranges = new Ranges<T>();
        Walk(root, T.Zero, depth: 0, leftOut, ranges);
        return ranges.ToTable();
    }

    private void Walk<T>(uint record, T first, int depth, uint leftOut, Ranges<T> ranges) where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (record >= header.Nodes)
        {
            ranges.Add(first, places.TryFind(record, out var number) ? number : places.Make(record, AddressOf(first)));
            return;
        }

        if (record == leftOut)
        {
            ranges.Add(first, MaxMindPlaces.Unknown);
            return;
        }

        var bits = T.MaxValue.GetByteCount() * 8;
        if (depth == bits)
            throw PlaceFileException.Damaged("its search tree is deeper than an address has bits");
        if (_seen[(int)record])
            throw PlaceFileException.Damaged("its search tree meets a node twice");
        _seen[(int)record] = true;
        Walk(Record(record, 0), first, depth + 1, leftOut, ranges);
        Walk(Record(record, 1), first | (T.One << (bits - 1 - depth)), depth + 1, leftOut, ranges);
    }

    /// <summary>A node's left (0) or right (1) record. The header has checked that all nodes are in the file.</summary>
    private uint Record(uint node, int side)
    {
        var at = (int)node * (header.RecordBits / 4);
        switch (header.RecordBits)
        {
            case 24:
                return Number(at + (side * 3));
            case 28:
                // The fourth of seven bytes has the highest four bits of both records.
                var high = side == 0 ? file[at + 3] >> 4 : file[at + 3] & 0x0f;
                return ((uint)high << 24) | Number(at + (side * 4));
            default:
                at += side * 4;
                return ((uint)file[at] << 24) | Number(at + 1);
        }
    }

    private uint Number(int at) => ((uint)file[at] << 16) | ((uint)file[at + 1] << 8) | file[at + 2];

    private static IPAddress AddressOf<T>(T address) where T : struct, IBinaryInteger<T>
    {
        Span<byte> bytes = stackalloc byte[address.GetByteCount()];
        address.WriteBigEndian(bytes);
        return new IPAddress(bytes);
    }

    /// <summary>Neighbouring ranges with the same place become one.</summary>
    private sealed class Ranges<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly List<T> _from = [];
        private readonly List<int> _places = [];

        public void Add(T from, int place)
        {
            if (_places.Count > 0 && _places[^1] == place)
                return;
            _from.Add(from);
            _places.Add(place);
        }

        public PlaceTable<T> ToTable() => new([.. _from], [.. _places]);
    }
}
