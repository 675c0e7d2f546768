using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Accounts.Core.Geolocation;

namespace Accounts.Places;

/// <summary>Writes a database in IP2Location's BIN format, of any type, IPv4 and IPv6.</summary>
/// <remarks>Add rows in address order. A row covers all addresses up to the next one. Addresses before the first row are unknown.</remarks>
internal sealed class Ip2LocationWriter(int type)
{
    private const int IndexEntries = 65536;

    private readonly Ip2LocationColumns _columns = Ip2LocationColumns.Of(type);
    private readonly List<(UInt128 From, WrittenPlace Place)> _v4 = [(0, WrittenPlace.Nowhere)];
    private readonly List<(UInt128 From, WrittenPlace Place)> _v6 = [(0, WrittenPlace.Nowhere)];

    /// <summary>Year (after 2000), month and day, as stored in the file.</summary>
    public (int Year, int Month, int Day) Date { get; init; } = (26, 6, 1);

    public bool HasIndex { get; init; } = true;

    /// <summary>Writes a file as before 2021, without the length and the product in the header.</summary>
    public bool IsOld { get; init; }

    /// <summary>Adds a row that starts at an address.</summary>
    public void Add(NumericAddress from, WrittenPlace place)
    {
        var rows = from.IsV4 ? _v4 : _v6;
        if (rows[^1].From == from.Value)
            rows[^1] = (from.Value, place);
        else if (rows[^1].From > from.Value)
            throw new ArgumentException("This row starts before the previous one. Add rows in address order.", nameof(from));
        else if (rows[^1].Place != place)
            rows.Add((from.Value, place));
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Write()
    {
        var hasV6 = _v6.Count > 1;
        var indexBytes = HasIndex ? IndexEntries * 8 : 0;
        var index4 = Ip2LocationHeader.Bytes;
        var index6 = index4 + indexBytes;
        var rows4 = hasV6 ? index6 + indexBytes : index6;
        var rows6 = rows4 + ((_v4.Count + 1) * (4 + (4 * _columns.Count)));
        var texts = new Texts(hasV6 ? rows6 + ((_v6.Count + 1) * (16 + (4 * _columns.Count))) : rows6);

        var file = new MemoryStream();
        file.SetLength(Ip2LocationHeader.Bytes);
        file.Position = file.Length;
        if (HasIndex)
        {
            WriteIndex<uint>(file, _v4);
            if (hasV6)
                WriteIndex<UInt128>(file, _v6);
        }

        WriteTable<uint>(file, _v4, texts);
        if (hasV6)
            WriteTable<UInt128>(file, _v6, texts);
        texts.CopyTo(file);

        var bytes = file.ToArray();
        (bytes[0], bytes[1]) = ((byte)type, (byte)(_columns.Count + 1));
        (bytes[2], bytes[3], bytes[4]) = ((byte)Date.Year, (byte)Date.Month, (byte)Date.Day);
        // The file counts positions from 1.
        Put(5, _v4.Count + 1);
        Put(9, rows4 + 1);
        Put(13, hasV6 ? _v6.Count + 1 : 0);
        Put(17, hasV6 ? rows6 + 1 : 1);
        Put(21, HasIndex ? index4 + 1 : 0);
        Put(25, HasIndex && hasV6 ? index6 + 1 : 0);
        if (!IsOld)
        {
            (bytes[29], bytes[30]) = (1, 1);
            Put(31, bytes.Length);
        }

        return bytes;

        void Put(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
    }

    private static void WriteIndex<T>(Stream file, List<(UInt128 From, WrittenPlace Place)> rows) where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        var shift = (T.MaxValue.GetByteCount() * 8) - 16;
        Span<byte> entry = stackalloc byte[8];
        for (var (i, row) = (0, 0); i < IndexEntries; i++)
        {
            row = Advance(row, (UInt128)i << shift);
            BinaryPrimitives.WriteInt32LittleEndian(entry, row);
            row = Advance(row, (((UInt128)i + 1) << shift) - 1);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], row);
            file.Write(entry);
        }

        int Advance(int row, UInt128 address)
        {
            while (row + 1 < rows.Count && rows[row + 1].From <= address)
                row++;
            return row;
        }
    }

    private void WriteTable<T>(Stream file, List<(UInt128 From, WrittenPlace Place)> rows, Texts texts) where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        Span<byte> from = stackalloc byte[T.MaxValue.GetByteCount()];
        var fields = new byte[4 * _columns.Count];
        foreach (var (address, place) in rows)
        {
            T.CreateTruncating(address).WriteLittleEndian(from);
            Fill(fields, place, texts);
            file.Write(from);
            file.Write(fields);
        }

        T.MaxValue.WriteLittleEndian(from);
        Array.Clear(fields);
        file.Write(from);
        file.Write(fields);
    }

    private void Fill(Span<byte> fields, WrittenPlace place, Texts texts)
    {
        // Each unused column contains its own name. A reader that uses the wrong column would show it.
        for (var column = 1; column < _columns.Count; column++)
            BinaryPrimitives.WriteUInt32LittleEndian(fields[(4 * column)..], texts.Of($"column {column + 2}"));

        BinaryPrimitives.WriteUInt32LittleEndian(fields, texts.OfCountry(place.Code, place.Country));
        Text(fields, _columns.Region, place.Region);
        Text(fields, _columns.Region < 0 ? -1 : _columns.Region + 1, place.City);
        Text(fields, _columns.TimeZone, place.TimeZone);
        Text(fields, _columns.Provider, place.Provider);
        Text(fields, _columns.Usage, place.Usage);
        Text(fields, _columns.AddressType, place.AddressType);
        if (_columns.Latitude >= 0)
        {
            BinaryPrimitives.WriteSingleLittleEndian(fields[(4 * _columns.Latitude)..], place.Latitude);
            BinaryPrimitives.WriteSingleLittleEndian(fields[(4 * (_columns.Latitude + 1))..], place.Longitude);
        }

        void Text(Span<byte> row, int column, string text)
        {
            if (column >= 0)
                BinaryPrimitives.WriteUInt32LittleEndian(row[(4 * column)..], texts.Of(text));
        }
    }

    /// <summary>The texts after the tables, each stored once as a length and bytes. A country's code takes three bytes; its name follows.</summary>
    private sealed class Texts(int position)
    {
        private readonly MemoryStream _bytes = new();
        private readonly Dictionary<string, uint> _known = new(StringComparer.Ordinal);

        public uint Of(string text)
        {
            if (_known.TryGetValue(text, out var at))
                return at;
            return _known[text] = Append(text);
        }

        public uint OfCountry(string code, string name)
        {
            if (_known.TryGetValue($"{code}\n{name}", out var at))
                return at;
            at = Append(code);
            if (code.Length == 1)
                _bytes.WriteByte((byte)' ');
            Append(name);
            return _known[$"{code}\n{name}"] = at;
        }

        public void CopyTo(Stream file) => _bytes.WriteTo(file);

        private uint Append(string text)
        {
            var at = (uint)(position + _bytes.Length);
            var bytes = Encoding.UTF8.GetBytes(text);
            _bytes.WriteByte(checked((byte)bytes.Length));
            _bytes.Write(bytes);
            return at;
        }
    }
}

/// <summary>A row's values in the vendor's format. "-" means unknown.</summary>
internal sealed record WrittenPlace(
    string Code,
    string Country,
    string Region = "-",
    string City = "-",
    float Latitude = 0,
    float Longitude = 0,
    string TimeZone = "-",
    string Provider = "-",
    string Usage = "-",
    string AddressType = "U")
{
    public static readonly WrittenPlace Nowhere = new("-", "-");
}
