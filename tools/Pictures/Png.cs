using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Accounts.Pictures;

/// <summary>Shrinks a screenshot to about a third, with at most 256 colors. Format: <see href="https://www.w3.org/TR/png-3/">PNG</see>.</summary>
internal static class Png
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <param name="png">A PNG as browsers write it: eight bits per channel, with or without alpha, not interlaced.</param>
    public static byte[] Shrink(ReadOnlySpan<byte> png)
    {
        var picture = Read(png);
        var palette = Palette.Of(picture.Pixels);
        using var output = new MemoryStream();
        WriteHead(output, picture.Width, picture.Height, palette);
        WriteChunk(output, "IDAT", Compress(picture, picture.Whole, palette));
        WriteChunk(output, "IEND", []);
        return output.ToArray();
    }

    /// <summary>Creates a looping animated PNG from pictures of the same size. Each frame after the first holds only its changes.</summary>
    /// <param name="frames">At least one picture, each with its duration: 1 ms to 65 s.</param>
    public static byte[] Film(IReadOnlyList<(Picture Picture, TimeSpan Stays)> frames)
    {
        var palette = Palette.Of([.. frames.SelectMany(frame => frame.Picture.Pixels)]);
        using var output = new MemoryStream();
        WriteHead(output, frames[0].Picture.Width, frames[0].Picture.Height, palette);
        var count = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(count, frames.Count);
        WriteChunk(output, "acTL", count);
        // The frames' chunks share one sequence number.
        var number = 0;
        for (var i = 0; i < frames.Count; i++)
        {
            var (picture, stays) = frames[i];
            var part = i == 0 ? picture.Whole : picture.NewSince(frames[i - 1].Picture);
            var control = new byte[26];
            foreach (var (at, value) in new[] { (0, number++), (4, part.Width), (8, part.Height), (12, part.X), (16, part.Y) })
                BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(at), value);
            BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(20), (ushort)stays.TotalMilliseconds);
            BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(22), 1000);
            WriteChunk(output, "fcTL", control);
            var data = Compress(picture, part, palette);
            if (i == 0)
            {
                WriteChunk(output, "IDAT", data);
                continue;
            }

            var numbered = new byte[data.Length + 4];
            BinaryPrimitives.WriteInt32BigEndian(numbered, number++);
            data.CopyTo(numbered, 4);
            WriteChunk(output, "fdAT", numbered);
        }

        WriteChunk(output, "IEND", []);
        return output.ToArray();
    }

    /// <summary>Decodes a PNG as browsers write it: eight bits per channel, with or without alpha, not interlaced.</summary>
    public static Picture Read(ReadOnlySpan<byte> png)
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
                        _ => throw new InvalidDataException("The picture isn't a PNG as browsers write it."),
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
        return new Picture(width, height, Unfilter(raw, width, height, channels));
    }

    // PNG filters: each byte is the difference to a prediction from its left, upper and upper-left neighbors. A row's first byte names the filter.
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

    private static void WriteHead(Stream output, int width, int height, Palette palette)
    {
        output.Write(Signature);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], height);
        (head[8], head[9], head[10], head[11], head[12]) = (8, 3, 0, 0, 0);
        WriteChunk(output, "IHDR", head);
        WriteChunk(output, "PLTE", palette.Bytes());
    }

    private static byte[] Compress(Picture picture, Part part, Palette palette)
    {
        var rows = new byte[(part.Width + 1) * part.Height];
        for (var y = 0; y < part.Height; y++)
        {
            for (var x = 0; x < part.Width; x++)
                rows[(y * (part.Width + 1)) + 1 + x] = palette.IndexOf(picture.Pixels[((part.Y + y) * picture.Width) + part.X + x]);
        }

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
