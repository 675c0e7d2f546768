namespace Accounts.Pictures;

/// <summary>A picture's pixels, row by row: each is red, green and blue in one number.</summary>
internal sealed record Picture(int Width, int Height, int[] Pixels)
{
    public Part Whole => new(0, 0, Width, Height);

    /// <summary>Joins two pictures of the same height side by side.</summary>
    /// <param name="right">The right picture.</param>
    /// <param name="gap">Pixels between the pictures.</param>
    /// <param name="colour">The color of the gap.</param>
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

    /// <summary>The smallest rectangle with all differences to another picture of this size; one pixel if they are equal.</summary>
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

/// <summary>A rectangle in a picture.</summary>
internal sealed record Part(int X, int Y, int Width, int Height);
