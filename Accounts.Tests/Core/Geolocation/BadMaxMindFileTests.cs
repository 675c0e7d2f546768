using System.Text;
using Accounts.Core.Geolocation;
using Accounts.Places;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Fixtures.PlaceData;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>Accounts refuses a damaged or hostile MaxMind file at once. A file that it accepts never fails a look-up.</summary>
public sealed class BadMaxMindFileTests
{
    private static readonly NumericAddress[] Probes =
    [
        .. new[] { "0.0.0.0", "4.255.255.255", "5.0.0.0", "5.128.0.0", "6.0.0.0", "7.0.0.0" }.Select(At),
        .. new[] { "100.0.0.0", "196.0.0.0", "197.255.255.255", "198.0.0.0", "255.255.255.255" }.Select(At),
        .. new[] { "::", "2a00::", "2a01::", "2a02::1", "2a03::", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002:0505::" }.Select(At),
    ];

    public static TheoryData<string> Names => [.. BadMaxMindFiles.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_file_is_refused_with_the_reason(string name)
    {
        var (file, says) = BadMaxMindFiles.All[name];
        Assert.Contains(says, Assert.Throws<PlaceFileException>(() => PlaceFile.Read(file)).Message, StringComparison.Ordinal);
    }

    // Control: the file that some of the bad ones were made from.
    [Fact]
    public void The_undamaged_file_is_accepted() => Assert.Equal("DE", PlaceFile.Read(BadMaxMindFiles.Good()).Find(At("5.0.0.1")).CountryCode);

    [Fact]
    public void Any_truncated_file_is_refused()
    {
        var file = BadMaxMindFiles.Good();
        for (var length = 0; length < file.Length; length++)
        {
            var part = file[..length];
            Assert.Throws<PlaceFileException>(() => PlaceFile.Read(part));
        }
    }

    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void A_file_with_any_byte_damaged_is_refused_or_answers_from_its_own_texts(int recordBits)
    {
        var whole = MaxMindData.Sample(recordBits).Write();
        var random = new Random(recordBits);
        var (refused, taken) = (0, 0);
        for (var at = 0; at < whole.Length; at++)
        {
            var file = whole.ToArray();
            file[at] ^= (byte)random.Next(1, 256);
            if (IsTaken(file))
                taken++;
            else
                refused++;
        }

        Assert.True(refused > 400 && taken > 400, $"{refused} were refused and {taken} taken.");
    }

    [Fact]
    public void A_file_with_noise_in_it_is_refused_or_answers_from_its_own_texts()
    {
        MaxMindWriter[] writers = [MaxMindData.Sample(), MaxMindData.Sample(24, hasV6: false), MaxMindData.Sample(32, hasCities: false)];
        byte[][] whole = [.. writers.Select(writer => writer.Write())];
        var random = new Random(7);
        var (refused, taken) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var file = whole[i % whole.Length].ToArray();
            if (i % 2 == 0)
            {
                var at = random.Next(file.Length);
                random.NextBytes(file.AsSpan(at, Math.Min(random.Next(1, 12), file.Length - at)));
            }
            else
            {
                // The beginning of one file and the rest of another.
                var other = whole[random.Next(whole.Length)];
                var seam = random.Next(Math.Min(file.Length, other.Length));
                file = [.. file[..seam], .. other[seam..]];
            }

            if (IsTaken(file))
                taken++;
            else
                refused++;
        }

        Assert.True(refused > 400 && taken > 400, $"{refused} were refused and {taken} taken.");
    }

    private static bool IsTaken(byte[] file)
    {
        PlaceDatabase database;
        try
        {
            database = PlaceFile.Read(file);
        }
        catch (PlaceFileException)
        {
            return false;
        }

        foreach (var address in Probes)
            RequireOwnTexts(database.Find(address), file);
        return true;
    }

    private static void RequireOwnTexts(Place place, byte[] file)
    {
        foreach (var text in new[] { place.CountryCode, place.Country, place.Region, place.City, place.TimeZone, place.Provider }.OfType<string>())
        {
            Assert.DoesNotContain(text, char.IsControl);
            // A damaged letter can make invalid UTF-8, which decodes as a question mark of its own.
            if (!text.Contains('\ufffd', StringComparison.Ordinal))
                Assert.True(file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0, text);
        }

        Assert.True(place.CountryCode is null or [>= 'A' and <= 'Z', >= 'A' and <= 'Z']);
        Assert.True(place.Latitude is null or (>= -90 and <= 90));
        Assert.True(place.Longitude is null or (>= -180 and <= 180));
        Assert.NotEmpty(place.Name);
    }
}
