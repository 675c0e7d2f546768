using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Converts hub messages to bytes and back: the subset of MessagePack that Blazor's hub uses, with a length prefix.</summary>
/// <remarks>Integers are read as <see cref="long"/>, arrays as <c>object?[]</c>, maps as dictionaries.</remarks>
public static class BlazorPack
{
    /// <summary>Writes one message with its length prefix, ready for the socket.</summary>
    public static byte[] Frame(object?[] message)
    {
        var body = new ArrayBufferWriter<byte>();
        Write(body, message);

        var framed = new ArrayBufferWriter<byte>(body.WrittenCount + 5);
        var rest = (uint)body.WrittenCount;
        for (; rest >= 0x80; rest >>= 7)
            Put(framed, (byte)(rest | 0x80));
        Put(framed, (byte)rest);
        framed.Write(body.WrittenSpan);
        return framed.WrittenSpan.ToArray();
    }

    /// <summary>Takes the first message off the buffer. If it is incomplete, returns false and leaves the buffer unchanged.</summary>
    public static bool TryTakeFrame(ref ReadOnlySpan<byte> buffer, out object?[] message)
    {
        message = [];
        var length = 0;
        for (var i = 0; i < buffer.Length && i < 5; i++)
        {
            length |= (buffer[i] & 0x7F) << (7 * i);
            if ((buffer[i] & 0x80) != 0)
                continue;
            if (buffer.Length - i - 1 < length)
                return false;
            message = Decode(buffer.Slice(i + 1, length)) as object?[] ?? throw new InvalidDataException("A hub message is an array.");
            buffer = buffer[(i + 1 + length)..];
            return true;
        }

        return buffer.Length < 5 ? false : throw new InvalidDataException("The length prefix has more than five bytes.");
    }

    /// <summary>Writes one value.</summary>
    public static byte[] Encode(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, value);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads one value, which must be the whole input.</summary>
    public static object? Decode(ReadOnlySpan<byte> bytes)
    {
        var value = Read(ref bytes);
        return bytes.IsEmpty ? value : throw new InvalidDataException($"{bytes.Length} bytes follow the value.");
    }

    private static void Write(ArrayBufferWriter<byte> output, object? value)
    {
        switch (value)
        {
            case null: Put(output, 0xC0); break;
            case bool flag: Put(output, flag ? (byte)0xC3 : (byte)0xC2); break;
            case int number: WriteInteger(output, number); break;
            case long number: WriteInteger(output, number); break;
            case double number: Put(output, 0xCB); PutBigEndian(output, BitConverter.DoubleToUInt64Bits(number), 8); break;
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                WriteHead(output, utf8.Length, 0xA0, 32, 0xD9, 0xDA, 0xDB);
                output.Write(utf8);
                break;
            case byte[] bytes:
                WriteHead(output, bytes.Length, 0, 0, 0xC4, 0xC5, 0xC6);
                output.Write(bytes);
                break;
            case object?[] items:
                WriteHead(output, items.Length, 0x90, 16, null, 0xDC, 0xDD);
                foreach (var item in items)
                    Write(output, item);
                break;
            case IReadOnlyDictionary<string, object?> map:
                WriteHead(output, map.Count, 0x80, 16, null, 0xDE, 0xDF);
                foreach (var (key, item) in map)
                {
                    Write(output, key);
                    Write(output, item);
                }

                break;
            default: throw new NotSupportedException($"No hub message carries a {value.GetType().Name}.");
        }
    }

    private static void WriteInteger(ArrayBufferWriter<byte> output, long number)
    {
        if (number is >= -32 and <= 127)
        {
            Put(output, unchecked((byte)number));
            return;
        }

        var (mark, size) = number switch
        {
            >= sbyte.MinValue and <= sbyte.MaxValue => (0xD0, 1),
            >= short.MinValue and <= short.MaxValue => (0xD1, 2),
            >= int.MinValue and <= int.MaxValue => (0xD2, 4),
            _ => (0xD3, 8),
        };
        Put(output, (byte)mark);
        PutBigEndian(output, unchecked((ulong)number), size);
    }

    /// <summary>Writes the shortest header that gives the type and length of what follows.</summary>
    private static void WriteHead(ArrayBufferWriter<byte> output, int count, byte small, int smallBelow, byte? mark8, byte mark16, byte mark32)
    {
        if (count < smallBelow)
        {
            Put(output, (byte)(small | count));
            return;
        }

        var (mark, size) = (mark8, count) switch
        {
            ({ } mark1, <= byte.MaxValue) => (mark1, 1),
            (_, <= ushort.MaxValue) => (mark16, 2),
            _ => (mark32, 4),
        };
        Put(output, mark);
        PutBigEndian(output, (ulong)count, size);
    }

    private static void Put(ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void PutBigEndian(ArrayBufferWriter<byte> output, ulong value, int size)
    {
        for (var shift = 8 * (size - 1); shift >= 0; shift -= 8)
            Put(output, unchecked((byte)(value >> shift)));
    }

    private static object? Read(ref ReadOnlySpan<byte> input)
    {
        var mark = Take(ref input, 1)[0];
        return mark switch
        {
            <= 0x7F => (long)mark,
            <= 0x8F => ReadMap(ref input, mark & 0x0F),
            <= 0x9F => ReadArray(ref input, mark & 0x0F),
            <= 0xBF => ReadText(ref input, mark & 0x1F),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            >= 0xC4 and <= 0xC6 => Take(ref input, Count(ref input, 1 << (mark - 0xC4))).ToArray(),
            0xCA => (double)BinaryPrimitives.ReadSingleBigEndian(Take(ref input, 4)),
            0xCB => BinaryPrimitives.ReadDoubleBigEndian(Take(ref input, 8)),
            >= 0xCC and <= 0xCF => checked((long)BigEndian(ref input, 1 << (mark - 0xCC))),
            >= 0xD0 and <= 0xD3 => Signed(ref input, 1 << (mark - 0xD0)),
            >= 0xD9 and <= 0xDB => ReadText(ref input, Count(ref input, 1 << (mark - 0xD9))),
            0xDC or 0xDD => ReadArray(ref input, Count(ref input, mark == 0xDC ? 2 : 4)),
            0xDE or 0xDF => ReadMap(ref input, Count(ref input, mark == 0xDE ? 2 : 4)),
            >= 0xE0 => (long)unchecked((sbyte)mark),
            _ => throw new InvalidDataException($"No hub message carries the MessagePack mark {mark:X2}."),
        };
    }

    private static object?[] ReadArray(ref ReadOnlySpan<byte> input, int count)
    {
        var items = new object?[count];
        for (var i = 0; i < count; i++)
            items[i] = Read(ref input);
        return items;
    }

    private static Dictionary<string, object?> ReadMap(ref ReadOnlySpan<byte> input, int count)
    {
        var map = new Dictionary<string, object?>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = Read(ref input) as string ?? throw new InvalidDataException("A map's key is a text.");
            map[key] = Read(ref input);
        }

        return map;
    }

    private static string ReadText(ref ReadOnlySpan<byte> input, int count) => Encoding.UTF8.GetString(Take(ref input, count));

    private static int Count(ref ReadOnlySpan<byte> input, int size) => checked((int)BigEndian(ref input, size));

    private static long Signed(ref ReadOnlySpan<byte> input, int size)
    {
        var unused = 64 - (8 * size);
        return unchecked((long)(BigEndian(ref input, size) << unused) >> unused);
    }

    private static ulong BigEndian(ref ReadOnlySpan<byte> input, int size)
    {
        var value = 0UL;
        foreach (var part in Take(ref input, size))
            value = (value << 8) | part;
        return value;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int count)
    {
        if (input.Length < count)
            throw new InvalidDataException("The message ends in the middle of a value.");
        var taken = input[..count];
        input = input[count..];
        return taken;
    }
}
