using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Accounts.Core.Geolocation;

namespace Accounts.Places;

/// <summary>Writes a MaxMind database (MMDB) with records of any content. Equal texts and equal maps are written once, and pointed to.</summary>
/// <remarks>
/// A record is a dictionary with texts as keys. Its values are texts, numbers (double, float, ushort, uint, int, ulong, UInt128), Booleans, bytes,
/// dictionaries and lists.
/// </remarks>
internal sealed class MaxMindWriter(string type)
{
    private const int V6Bits = 128;
    private const int V4Bits = 32;

    // A record is a node's number, Nothing, or the complement of a position in the data.
    private const long Nothing = long.MaxValue;

    private readonly List<long> _records = [Nothing, Nothing];
    private readonly Section _data = new();

    /// <summary>24, 28 or 32.</summary>
    public int RecordBits { get; init; } = 28;

    /// <summary>Whether the tree has 128-bit addresses, with IPv4 at ::/96. Otherwise it has IPv4 addresses only.</summary>
    public bool HasV6 { get; init; } = true;

    /// <summary>Whether mapped, 6to4 and Teredo addresses lead to the IPv4 tree, as in MaxMind's own files.</summary>
    public bool HasAliases { get; init; } = true;

    public DateOnly Date { get; init; } = new(2026, 6, 1);

    /// <summary>The number of nodes so far.</summary>
    public int Nodes => _records.Count / 2;

    /// <summary>Gives a network a record. A network inside an earlier one replaces that part of it.</summary>
    /// <param name="first">The network's first address.</param>
    /// <param name="length">The length of its prefix: 8 for 5.0.0.0/8.</param>
    /// <param name="record">The content; null removes what is there.</param>
    public void Add(NumericAddress first, int length, IReadOnlyDictionary<string, object>? record)
    {
        if (!first.IsV4 && !HasV6)
            throw new ArgumentException("This file has IPv4 addresses only.", nameof(first));
        var (value, bits) = HasV6 ? (first.Value, V6Bits) : (first.Value, V4Bits);
        Put(value, bits, first.IsV4 && HasV6 ? length + (V6Bits - V4Bits) : length, record is null ? Nothing : ~(long)_data.Write(record));
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Write()
    {
        if (HasV6 && HasAliases)
        {
            var v4 = 0L;
            for (var i = 0; i < V6Bits - V4Bits && v4 >= 0 && v4 != Nothing; i++)
                v4 = _records[(int)v4 * 2];
            Put((UInt128)0xffff << 32, V6Bits, 96, v4);
            Put((UInt128)0x2002 << 112, V6Bits, 16, v4);
            Put((UInt128)0x2001_0000 << 96, V6Bits, 32, v4);
        }

        var metadata = new Section();
        metadata.WriteMap(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = (ulong)new DateTimeOffset(Date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds(),
            ["database_type"] = type,
            ["description"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["en"] = $"{type} for tests" },
            ["ip_version"] = (ushort)(HasV6 ? 6 : 4),
            ["languages"] = new List<object> { "en", "de" },
            ["node_count"] = (uint)Nodes,
            ["record_size"] = (ushort)RecordBits,
        });
        return [.. Tree(), .. new byte[16], .. _data.ToArray(), 0xab, 0xcd, 0xef, .. "MaxMind.com"u8, .. metadata.ToArray()];
    }

    private void Put(UInt128 address, int bits, int length, long record)
    {
        var node = 0;
        for (var depth = 0; ; depth++)
        {
            var at = (node * 2) + (int)((address >> (bits - 1 - depth)) & 1);
            if (depth == length - 1)
            {
                _records[at] = record;
                return;
            }

            if (_records[at] is < 0 or Nothing)
            {
                // The new node has the old record on both sides.
                _records.AddRange([_records[at], _records[at]]);
                _records[at] = Nodes - 1;
            }

            node = (int)_records[at];
        }
    }

    private byte[] Tree()
    {
        var nodes = Nodes;
        var tree = new byte[nodes * RecordBits / 4];
        for (var node = 0; node < nodes; node++)
        {
            var (left, right) = (Number(_records[node * 2]), Number(_records[(node * 2) + 1]));
            var bytes = tree.AsSpan(node * RecordBits / 4, RecordBits / 4);
            switch (RecordBits)
            {
                case 24:
                    Put3(bytes, left);
                    Put3(bytes[3..], right);
                    break;
                case 28:
                    Put3(bytes, left & 0xff_ffff);
                    bytes[3] = (byte)(((left >> 24) << 4) | (right >> 24));
                    Put3(bytes[4..], right & 0xff_ffff);
                    break;
                default:
                    BinaryPrimitives.WriteUInt32BigEndian(bytes, left);
                    BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], right);
                    break;
            }
        }

        return tree;

        uint Number(long record) => checked((uint)(record switch { Nothing => nodes, < 0 => nodes + 16 + ~record, _ => record }));

        static void Put3(Span<byte> bytes, uint number)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 0xff_ffffu);
            (bytes[0], bytes[1], bytes[2]) = ((byte)(number >> 16), (byte)(number >> 8), (byte)number);
        }
    }

    /// <summary>The data or the metadata.</summary>
    private sealed class Section
    {
        private readonly MemoryStream _bytes = new();
        private readonly Dictionary<string, uint> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<object, uint> _written = new(ReferenceEqualityComparer.Instance);

        public byte[] ToArray() => _bytes.ToArray();

        /// <summary>Writes a record and returns its position. An equal record is written once.</summary>
        public uint Write(IReadOnlyDictionary<string, object> record)
        {
            // The same object again, as in a large file with few records.
            if (_written.TryGetValue(record, out var known))
                return known;
            var key = Key(record);
            if (_known.TryGetValue(key, out known))
                return _written[record] = known;
            // What it contains comes first where it is new, so that maps within maps are pointed to as well.
            foreach (var value in record.Values.OfType<IReadOnlyDictionary<string, object>>())
                Write(value);
            var at = (uint)_bytes.Length;
            WriteMap(record);
            return _written[record] = _known[key] = at;
        }

        /// <summary>Writes a map here, and what it contains behind it.</summary>
        public void WriteMap(IReadOnlyDictionary<string, object> map)
        {
            Control(7, map.Count);
            foreach (var (name, value) in map)
            {
                WriteValue(name);
                WriteValue(value);
            }
        }

        private void WriteValue(object value)
        {
            switch (value)
            {
                case string or IReadOnlyDictionary<string, object> when _known.TryGetValue(Key(value), out var at):
                    Pointer(at);
                    break;
                case string text:
                    _known[Key(text)] = (uint)_bytes.Length;
                    var letters = Encoding.UTF8.GetBytes(text);
                    Control(2, letters.Length);
                    _bytes.Write(letters);
                    break;
                case IReadOnlyDictionary<string, object> map:
                    WriteMap(map);
                    break;
                case IReadOnlyList<object> list:
                    Control(11, list.Count);
                    foreach (var item in list)
                        WriteValue(item);
                    break;
                case byte[] bytes:
                    Control(4, bytes.Length);
                    _bytes.Write(bytes);
                    break;
                case bool isTrue:
                    Control(14, isTrue ? 1 : 0);
                    break;
                case double number:
                    Fixed(3, 8, bytes => BinaryPrimitives.WriteDoubleBigEndian(bytes, number));
                    break;
                case float number:
                    Fixed(15, 4, bytes => BinaryPrimitives.WriteSingleBigEndian(bytes, number));
                    break;
                case int number:
                    Fixed(8, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, number));
                    break;
                default:
                    WriteUnsigned(value);
                    break;
            }
        }

        /// <summary>Unsigned numbers leave out their leading zeros.</summary>
        private void WriteUnsigned(object value)
        {
            var (kind, number) = value switch
            {
                ushort small => (5, small),
                uint medium => (6, medium),
                ulong large => (9, large),
                UInt128 huge => (10, huge),
                _ => throw new ArgumentException($"A file can't hold a {value.GetType()}.", nameof(value)),
            };
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
            var digits = bytes.SkipWhile(digit => digit == 0).ToArray();
            Control(kind, digits.Length);
            _bytes.Write(digits);
        }

        private void Fixed(int kind, int length, Action<byte[]> write)
        {
            var bytes = new byte[length];
            write(bytes);
            Control(kind, length);
            _bytes.Write(bytes);
        }

        private void Control(int kind, int size)
        {
            var more = size switch { < 29 => 0, < 285 => 1, < 65_821 => 2, _ => 3 };
            var first = more == 0 ? size : 28 + more;
            _bytes.WriteByte((byte)(kind > 7 ? first : (kind << 5) | first));
            if (kind > 7)
                _bytes.WriteByte((byte)(kind - 7));
            BigEndian(size - (more switch { 0 => size, 1 => 29, 2 => 285, _ => 65_821 }), more);
        }

        private void Pointer(uint at)
        {
            var (length, offset) = at switch { < 2048 => (1, 0u), < 526_336 => (2, 2048u), < 134_744_064 => (3, 526_336u), _ => (4, 0u) };
            var number = at - offset;
            _bytes.WriteByte((byte)(0x20 | ((length - 1) << 3) | (length < 4 ? (int)(number >> (8 * length)) : 0)));
            BigEndian((int)number, length);
        }

        private void BigEndian(int number, int length)
        {
            for (var shift = 8 * (length - 1); shift >= 0; shift -= 8)
                _bytes.WriteByte((byte)(number >> shift));
        }

        private static string Key(object value) => value switch
        {
            IReadOnlyDictionary<string, object> map => $"{{{string.Join(',', map.Select(entry => $"{Key(entry.Key)}:{Key(entry.Value)}"))}}}",
            IReadOnlyList<object> list => $"[{string.Join(',', list.Select(Key))}]",
            byte[] bytes => Convert.ToHexString(bytes),
            string text => $"\"{text}\"",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name} {value}"),
        };
    }
}
