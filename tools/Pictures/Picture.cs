namespace Accounts.Pictures;

/// <summary>A picture's pixels, row by row: red, green and blue in a number.</summary>
internal sealed record Picture(int Width, int Height, int[] Pixels)
{
    public Part Whole => new(0, 0, Width, Height);

    /// <summary>Two pictures of one height side by side.</summary>
    /// <param name="right">The right one.</param>
    /// <param name="gap">Pixels between them.</param>
    /// <param name="colour">What is between them.</param>
    public Picture Beside(Picture right, int gap, int colour)
    {
        var joined = new Picture(Width + gap + right.Width, Height, new int[(Width + gap + right.Width) * Height]);
        for (var y = 0; y < Height; y++)
        {
            var row = joined.Pixels.AsSpan(y * joined.Width, joined.Width);
            Pixels.AsSpan(y * Width, Width).CopyTo(row);
            row.Slice(Width, gap).Fill(colour);
            right.Pixels.AsSpan(y * right.Width, right.Width).CopyTo(row[(Width + gap)..]);
        }

        return joined;
    }

    /// <summary>The smallest part that has all in it that another picture of this size has not; a single pixel if they are the same.</summary>
    public Part NewSince(Picture before)
    {
        var (left, top, right, bottom) = (Width, Height, 0, 0);
        for (var at = 0; at < Pixels.Length; at++)
        {
            if (Pixels[at] == before.Pixels[at])
                continue;
            var (y, x) = Math.DivRem(at, Width);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
        }

        return right == 0 ? new Part(0, 0, 1, 1) : new Part(left, top, right - left, bottom - top);
    }
}

/// <summary>A part of a picture.</summary>
internal sealed record Part(int X, int Y, int Width, int Height);
