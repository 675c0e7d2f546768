using System.Text;
using Accounts.Core.Geolocation;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The reader refuses a damaged file. A file it accepts never fails a lookup.</summary>
public sealed class BadPlaceFileTests
{
    public static TheoryData<string> Names => [.. BadPlaceFiles.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_file_is_refused_with_the_reason(string name)
    {
        var (file, says) = BadPlaceFiles.All[name];
        Assert.Contains(says, Assert.Throws<PlaceFileException>(() => PlaceFile.Read(file)).Message, StringComparison.Ordinal);
    }

    // Control: the files that the bad ones were made from.
    [Fact]
    public void The_undamaged_files_are_accepted()
    {
        Assert.Equal("DE", Ip2LocationReader.Read(BadPlaceFiles.Good()).Find(At("5.0.0.1")).CountryCode);
        Assert.Equal("DE", Ip2LocationReader.Read(Small(type: 3, hasIndex: true).Write()).Find(At("5.0.0.1")).CountryCode);
        Assert.Equal("DE", Ip2LocationReader.Read(Small(type: 5).Write()).Find(At("5.0.0.1")).CountryCode);
        Assert.Equal("DE", Ip2LocationReader.Read(Small(type: 3, isOld: true).Write()).Find(At("5.0.0.1")).CountryCode);
    }

    [Fact]
    public void Any_truncated_file_is_refused()
    {
        foreach (var file in new[] { BadPlaceFiles.Good(), Small(type: 26, isOld: true).Write() })
        {
            for (var length = 0; length < file.Length; length++)
            {
                // An old file doesn't state its length. The cut removes the last text, and a row points at it.
                var part = file[..length];
                Assert.Throws<PlaceFileException>(() => Ip2LocationReader.Read(part));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(26)]
    public void Every_damaged_file_is_refused_or_answers_from_its_own_texts(int type)
    {
        var random = new Random(type);
        byte[][] whole = [Small(type).Write(), Small(type, isOld: true).Write(), Small(type, hasV6: false).Write()];
        var (refused, taken) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var file = Damage(whole[i % whole.Length], whole[random.Next(whole.Length)], random);
            PlaceDatabase reader;
            try
            {
                reader = Ip2LocationReader.Read(file);
                taken++;
            }
            catch (PlaceFileException)
            {
                refused++;
                continue;
            }

            var texts = TextsOf(file);
            foreach (var address in Probes)
                RequireOwnTexts(reader.Find(address), texts);
        }

        Assert.True(refused > 400 && taken > 400, $"{refused} were refused and {taken} taken.");
    }

    [Fact]
    public void A_damaged_index_is_refused_or_gives_correct_answers()
    {
        var whole = Small(type: 3, hasIndex: true).Write();
        var good = Ip2LocationReader.Read(whole);
        var random = new Random(99);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var file = whole.ToArray();
            file[64 + random.Next(2 * 65536 * 8)] ^= (byte)(1 << random.Next(8));
            try
            {
                var reader = Ip2LocationReader.Read(file);
                Assert.All(Probes, address => Assert.Equal(good.Find(address), reader.Find(address)));
            }
            catch (PlaceFileException damaged)
            {
                Assert.Contains("index points to wrong rows", damaged.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 299);
    }

    private static readonly NumericAddress[] Probes =
    [
        .. new[] { "0.0.0.0", "4.255.255.255", "5.0.0.0", "5.128.0.0", "6.0.0.0", "7.0.0.0" }.Select(At),
        .. new[] { "100.0.0.0", "196.0.0.0", "197.255.255.255", "198.0.0.0", "255.255.255.255" }.Select(At),
        .. new[] { "::", "2a00::", "2a01::", "2a02::1", "2a03::", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002:0505::" }.Select(At),
    ];

    private static byte[] Damage(byte[] whole, byte[] other, Random random)
    {
        var file = whole.ToArray();
        switch (random.Next(4))
        {
            case 0: // Single bits.
                for (var i = random.Next(1, 4); i > 0; i--)
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                return file;
            case 1: // A run of noise.
                var at = random.Next(file.Length);
                random.NextBytes(file.AsSpan(at, Math.Min(random.Next(1, 12), file.Length - at)));
                return file;
            case 2: // Truncated, like an unfinished copy.
                return file[..random.Next(file.Length)];
            default: // The beginning of one file and the rest of another.
                var seam = random.Next(Math.Min(file.Length, other.Length));
                return [.. file[..seam], .. other[seam..]];
        }
    }

    /// <summary>Every text that can be read anywhere in the file.</summary>
    private static HashSet<string> TextsOf(byte[] file) => new(
        Enumerable.Range(64, Math.Max(0, file.Length - 64)).Where(at => at + 1 + file[at] <= file.Length)
            .Select(at => Encoding.UTF8.GetString(file, at + 1, file[at])),
        StringComparer.Ordinal);

    private static void RequireOwnTexts(Place place, HashSet<string> texts)
    {
        Assert.All(new[] { place.CountryCode, place.Country, place.Region, place.City, place.TimeZone, place.Provider }.OfType<string>(),
            text => Assert.Contains(text, texts));
        Assert.True(place.CountryCode is null or [>= 'A' and <= 'Z', >= 'A' and <= 'Z']);
        Assert.True(place.Latitude is null or (>= -90 and <= 90));
        Assert.True(place.Longitude is null or (>= -180 and <= 180));
        Assert.NotEmpty(place.Name);
    }
}
