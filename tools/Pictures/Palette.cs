namespace Accounts.Pictures;

/// <summary>At most 256 colors for a picture: exact ones for its surfaces, close ones for the many that smooth its letters.</summary>
internal sealed class Palette
{
    private const int Size = 256;
    private const int Exact = 160;

    private readonly List<int> _colours;
    private readonly Dictionary<int, byte> _indices = [];

    private Palette(List<int> colours, IEnumerable<int> all)
    {
        _colours = colours;
        foreach (var colour in all)
            _indices[colour] = Nearest(colour);
    }

    public static Palette Of(ReadOnlySpan<int> pixels)
    {
        var counts = new Dictionary<int, int>();
        foreach (var pixel in pixels)
            counts[pixel] = counts.GetValueOrDefault(pixel) + 1;

        // Sort by frequency, then by value, so that the same picture gives the same bytes. Bright colors count more: a small dot may be important.
        var colours = counts.OrderByDescending(c => c.Value * (1 + (Spread(c.Key) / 16))).ThenBy(c => c.Key).Select(c => c.Key).ToList();
        return colours.Count <= Size
            ? new Palette(colours, colours)
            : new Palette([.. colours.Take(Exact), .. Cut(colours[Exact..], counts)], colours);
    }

    public byte IndexOf(int colour) => _indices[colour];

    public byte[] Bytes() => [.. _colours.SelectMany(colour => new[] { (byte)(colour >> 16), (byte)(colour >> 8), (byte)colour })];

    /// <summary>Median cut: halves the box with the largest error along its longest side until there are enough. Each box becomes its mean.</summary>
    private static IEnumerable<int> Cut(List<int> colours, Dictionary<int, int> counts)
    {
        var boxes = new List<List<int>> { colours };
        while (boxes.Count < Size - Exact && boxes.MaxBy(box => Longest(box).Length * Math.Sqrt(box.Sum(c => counts[c]))) is { Count: > 1 } box)
        {
            var shift = Longest(box).Shift;
            var sorted = box.OrderBy(colour => (colour >> shift) & 255).ThenBy(colour => colour).ToList();
            var half = box.Sum(c => counts[c]) / 2;
            var (at, sum) = (0, 0);
            while (at < sorted.Count - 1 && (at == 0 || sum < half))
                sum += counts[sorted[at++]];
            boxes.Remove(box);
            boxes.Add(sorted[..at]);
            boxes.Add(sorted[at..]);
        }

        return boxes.Select(box => Mean(box, 16, counts) | Mean(box, 8, counts) | Mean(box, 0, counts));
    }

    private static (int Shift, int Length) Longest(List<int> box) => new[] { 16, 8, 0 }
        .Select(shift => (shift, box.Max(c => (c >> shift) & 255) - box.Min(c => (c >> shift) & 255)))
        .MaxBy(side => side.Item2);

    private static int Spread(int colour)
    {
        int red = colour >> 16, green = (colour >> 8) & 255, blue = colour & 255;
        return Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue));
    }

    private static int Mean(List<int> box, int shift, Dictionary<int, int> counts) =>
        (int)(box.Sum(c => (long)((c >> shift) & 255) * counts[c]) / box.Sum(c => (long)counts[c])) << shift;

    private byte Nearest(int colour)
    {
        var (best, distance) = (0, int.MaxValue);
        for (var i = 0; i < _colours.Count && distance > 0; i++)
        {
            var other = _colours[i];
            int red = (colour >> 16) - (other >> 16), green = ((colour >> 8) & 255) - ((other >> 8) & 255), blue = (colour & 255) - (other & 255);
            var here = (red * red) + (green * green) + (blue * blue);
            if (here < distance)
                (best, distance) = (i, here);
        }

        return (byte)best;
    }
}
