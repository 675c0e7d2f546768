using System.Buffers.Binary;
using System.Text;

namespace Accounts.Core.Geolocation;

/// <summary>The data or the metadata of a MaxMind database. Nothing here trusts the file: each position, size and depth has a bound.</summary>
/// <remarks>Pointers count from the section's beginning. The types: https://maxmind.github.io/MaxMind-DB/#output-data-section.</remarks>
internal readonly ref struct MaxMindSection(ReadOnlySpan<byte> bytes)
{
    /// <summary>The largest record, in values and 64-byte pieces of text. City records have about 150.</summary>
    public const int CostLimit = 10_000;

    /// <summary>Records of city databases have a depth of 4.</summary>
    private const int DepthLimit = 16;

    private const int Piece = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    private enum Kind
    {
        Pointer = 1,
        Text = 2,
        Double = 3,
        Bytes = 4,
        UInt16 = 5,
        UInt32 = 6,
        Map = 7,
        Int32 = 8,
        UInt64 = 9,
        UInt128 = 10,
        Array = 11,
        Boolean = 14,
        Single = 15,
    }

    /// <summary>Checks a record with everything in it and everything that it points to.</summary>
    /// <param name="at">The record's position.</param>
    /// <param name="cost">What it takes to decode it, at most <see cref="CostLimit"/>.</param>
    /// <exception cref="PlaceFileException">The record is damaged, or it is larger than any real one.</exception>
    public void Check(int at, out int cost)
    {
        var budget = CostLimit;
        if (Read(at).Kind is not Kind.Map)
            throw PlaceFileException.Damaged("a record is not a map");
        Check(at, depth: 0, ref budget);
        cost = CostLimit - budget;
    }

    /// <summary>A whole number in a checked map; 0 if there is none.</summary>
    public ulong Number(int map, string key)
    {
        if (!TryFind(map, key, out var value) || value.Kind is not (Kind.UInt16 or Kind.UInt32 or Kind.UInt64))
            return 0;
        var number = 0ul;
        foreach (var digit in _bytes.Slice(value.Start, value.Size))
            number = (number << 8) | digit;
        return number;
    }

    /// <summary>A text in a checked map; null if there is none.</summary>
    public string? Text(int map, string key) => TryFind(map, key, out var value) && value.Kind is Kind.Text
        ? Encoding.UTF8.GetString(_bytes.Slice(value.Start, value.Size))
        : null;

    private bool TryFind(int map, string key, out Value found)
    {
        var value = Read(map);
        var at = value.Start;
        for (var i = 0; i < value.Size; i++)
        {
            var name = Read(at);
            found = Read(name.Next);
            if (Encoding.UTF8.GetString(_bytes.Slice(name.Start, name.Size)).Equals(key, StringComparison.Ordinal))
                return true;
            var budget = CostLimit;
            at = Check(name.Next, depth: 0, ref budget);
        }

        found = default;
        return false;
    }

    /// <summary>Checks a value and returns the position behind it.</summary>
    private int Check(int at, int depth, ref int budget)
    {
        var value = Read(at);
        var isContainer = value.Kind is Kind.Map or Kind.Array;
        budget -= isContainer ? 1 : 1 + (value.Size / Piece);
        if (budget < 0)
            throw PlaceFileException.Damaged("a record is too large");
        if (depth > DepthLimit)
            throw PlaceFileException.Damaged("a record is nested too deeply");
        if (!isContainer)
            return value.Next;

        var next = value.Start;
        for (var i = 0; i < value.Size; i++)
        {
            if (value.Kind is Kind.Map)
            {
                if (Read(next).Kind is not Kind.Text)
                    throw PlaceFileException.Damaged("the key of a value is not a text");
                next = Check(next, depth + 1, ref budget);
            }

            next = Check(next, depth + 1, ref budget);
        }

        return value.IsPointed ? value.Next : next;
    }

    /// <summary>Reads a value's type and size, and follows one pointer.</summary>
    private Value Read(int at)
    {
        var value = ReadHere(at);
        if (value.Kind is not Kind.Pointer)
            return value;
        var target = ReadHere(value.Size);
        return target.Kind is Kind.Pointer
            ? throw PlaceFileException.Damaged("a pointer leads to a pointer")
            : target with { Next = value.Next, IsPointed = true };
    }

    private Value ReadHere(int at)
    {
        var control = Byte(at++);
        var kind = control >> 5;
        if (kind == (int)Kind.Pointer)
            return ReadPointer(control, at);
        if (kind == 0)
            kind = Byte(at++) + 7;

        var size = control & 0x1f;
        var more = Math.Max(0, size - 28);
        if (more > 0)
            size = ReadNumber(at, more) + (more switch { 1 => 29, 2 => 285, _ => 65_821 });
        at += more;
        var length = Length((Kind)kind, size);
        return length <= _bytes.Length - at
            ? new Value((Kind)kind, size, at, at + length, IsPointed: false)
            : throw PlaceFileException.Damaged("a value lies outside the data");
    }

    /// <summary>The pointer's target is in the size.</summary>
    private Value ReadPointer(int control, int at)
    {
        var length = ((control >> 3) & 3) + 1;
        long target = (uint)ReadNumber(at, length);
        if (length < 4)
            target += ((control & 7L) << (8 * length)) + (length switch { 1 => 0, 2 => 2048, _ => 526_336 });
        return target < _bytes.Length
            ? new Value(Kind.Pointer, (int)target, at, at + length, IsPointed: false)
            : throw PlaceFileException.Damaged("a pointer leads out of the data");
    }

    /// <summary>How many bytes follow a value's control bytes. A map or an array has its values there, and a Boolean has nothing.</summary>
    private static int Length(Kind kind, int size) => kind switch
    {
        Kind.Text or Kind.Bytes => size,
        Kind.Double when size == sizeof(double) => size,
        Kind.Single when size == sizeof(float) => size,
        Kind.UInt16 when size <= sizeof(ushort) => size,
        Kind.UInt32 or Kind.Int32 when size <= sizeof(uint) => size,
        Kind.UInt64 when size <= sizeof(ulong) => size,
        Kind.UInt128 when size <= 16 => size,
        Kind.Boolean when size <= 1 => 0,
        Kind.Map or Kind.Array => 0,
        _ => throw PlaceFileException.Damaged("a value has an invalid type or size"),
    };

    private int ReadNumber(int at, int length)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        number.Clear();
        if (length > _bytes.Length - at)
            throw PlaceFileException.Damaged("a value lies outside the data");
        _bytes.Slice(at, length).CopyTo(number[(sizeof(int) - length)..]);
        return BinaryPrimitives.ReadInt32BigEndian(number);
    }

    private int Byte(int at) => at < _bytes.Length ? _bytes[at] : throw PlaceFileException.Damaged("a value lies outside the data");

    /// <param name="Kind">The type.</param>
    /// <param name="Size">The length in bytes; a map's or an array's number of entries; a Boolean's value; a pointer's target.</param>
    /// <param name="Start">Where the content begins.</param>
    /// <param name="Next">The position behind the value, or behind the pointer that led to it. A map or an array has its start there.</param>
    /// <param name="IsPointed">Whether a pointer led to it.</param>
    private readonly record struct Value(Kind Kind, int Size, int Start, int Next, bool IsPointed);
}
