using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Accounts.Pictures;

/// <summary>Makes a screenshot small: the same picture in at most 256 colours (<see href="https://www.w3.org/TR/png-3/">PNG</see>), about a third of the bytes.</summary>
internal static class Png
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <param name="png">A picture as browsers write it: eight bits a channel, with or without opacity, not interlaced.</param>
    public static byte[] Shrink(ReadOnlySpan<byte> png)
    {
        var (width, height, pixels) = Read(png);
        var palette = Palette.Of(pixels);
        var rows = new byte[(width + 1) * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                rows[(y * (width + 1)) + 1 + x] = palette.IndexOf(pixels[(y * width) + x]);
        }

        using var output = new MemoryStream();
        output.Write(Signature);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], height);
        (head[8], head[9], head[10], head[11], head[12]) = (8, 3, 0, 0, 0);
        WriteChunk(output, "IHDR", head);
        WriteChunk(output, "PLTE", palette.Bytes());
        WriteChunk(output, "IDAT", Compress(rows));
        WriteChunk(output, "IEND", []);
        return output.ToArray();
    }

    private static (int Width, int Height, int[] Pixels) Read(ReadOnlySpan<byte> png)
    {
        var (width, height, channels) = (0, 0, 0);
        using var data = new MemoryStream();
        for (var at = Signature.Length; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            var body = png.Slice(at + 8, length);
            switch (Encoding.ASCII.GetString(png.Slice(at + 4, 4)))
            {
                case "IHDR":
                    (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
                    channels = (body[8], body[9], body[12]) switch
                    {
                        (8, 2, 0) => 3,
                        (8, 6, 0) => 4,
                        _ => throw new InvalidDataException("The picture is of another kind than browsers write."),
                    };
                    break;
                case "IDAT":
                    data.Write(body);
                    break;
            }

            at += length + 12;
        }

        data.Position = 0;
        var raw = new byte[((width * channels) + 1) * height];
        using (var inflate = new ZLibStream(data, CompressionMode.Decompress))
            inflate.ReadExactly(raw);
        return (width, height, Unfilter(raw, width, height, channels));
    }

    // Each byte is stored as the difference to what its neighbours left, above and between them promise; the first byte of a row says which.
    private static int[] Unfilter(byte[] raw, int width, int height, int channels)
    {
        var stride = width * channels;
        var pixels = new int[width * height];
        var above = new byte[stride];
        for (var y = 0; y < height; y++)
        {
            var filter = raw[y * (stride + 1)];
            var row = raw.AsSpan((y * (stride + 1)) + 1, stride);
            for (var i = 0; i < stride; i++)
            {
                int left = i < channels ? 0 : row[i - channels], up = above[i], corner = i < channels ? 0 : above[i - channels];
                row[i] += (byte)(filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => 0 });
            }

            for (var x = 0; x < width; x++)
                pixels[(y * width) + x] = (row[x * channels] << 16) | (row[(x * channels) + 1] << 8) | row[(x * channels) + 2];
            row.CopyTo(above);
        }

        return pixels;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static byte[] Compress(byte[] rows)
    {
        using var output = new MemoryStream();
        using (var deflate = new ZLibStream(output, CompressionLevel.SmallestSize))
            deflate.Write(rows);
        return output.ToArray();
    }

    private static void WriteChunk(Stream output, string name, ReadOnlySpan<byte> body)
    {
        var chunk = new byte[body.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        Encoding.ASCII.GetBytes(name, chunk.AsSpan(4));
        body.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 8), Crc(chunk.AsSpan(4, body.Length + 4)));
        output.Write(chunk);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }
}
