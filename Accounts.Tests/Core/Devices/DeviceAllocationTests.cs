using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

/// <summary>What a header of 8 kB costs, including the cut text itself.</summary>
public sealed class DeviceAllocationTests
{
    private const int Header = 8 * 1024;

    // The cut text takes 1,048 bytes of it.
    private const int Limit = 1_240;

    [Theory]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData("Mozilla/5.0 (((((; ; ;Windows NT (Android 1;Build/[/a:b;bot")]
    [InlineData("(")]
    [InlineData("((Foo/1.0;)")]
    [InlineData(")")]
    [InlineData("\"")]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("/")]
    [InlineData("%20")]
    [InlineData("Foo%20Bar/1.0 ")]
    [InlineData("\u00E9")]
    [InlineData("\"Chromium\";v=\"156\", ")]
    [InlineData("AVeryLongNameOfAProgramThatNobodyKnows/1234567890.1234567890.1234567890 ")]
    [InlineData("Mozilla/5.0 (X11; Linux) Foo/1.0 ALongNameOfAProgramThatNobodyKnows/1.0 ")]
    [InlineData("Some Words That Make One Long Name ")]
    [InlineData("FooCrawler Bot Robot ")]
    [InlineData("Mozilla/5.0 (compatible; AVeryLongNameOfARobotThatNobodyKnows/1234567890.1234567890; +http://example.org/) ")]
    [InlineData("Mozilla/5.0 (Linux; Android 9999.9999; AVeryLongNameOfAPhoneThatNobodyKnows Build/1) Chrome/9999.1 Mobile Safari/537.36 ")]
    [InlineData("curl/1234567890.1234567890.1234567890 (FreeBSD 9999.9999) ")]
    [InlineData("OurApp/1234567890.1234567890.1234567890 (iPhone; iOS 9999.9999) ")]
    [InlineData("Linux; U; Android 14; ")]
    [InlineData("A/b/C/d/1/E/2/")]
    public void A_hostile_User_Agent_allocates_little_more_than_its_cut_text(string part)
    {
        var text = Repeat(part);
        Assert.InRange(Allocated(() => new DeviceSignals(text)), 1, Limit);
    }

    [Theory]
    [InlineData("a,")]
    [InlineData("ab;v=1,")]
    [InlineData("\"Foo\";v=\"1\",")]
    [InlineData("\"Foo\";v=\"1\", \"Bar\";v=\"9999\", ")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("(")]
    [InlineData(",;")]
    [InlineData("%20a")]
    [InlineData("A very long brand of a browser that nobody knows")]
    [InlineData("\"Desktop\", \"Mobile\", ")]
    [InlineData("\"Not A;Brand\";v=\"99\", ")]
    public void A_hostile_Client_Hint_allocates_little_more_than_its_cut_text(string part)
    {
        const string userAgent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
        var text = Repeat(part);
        foreach (var hints in new Func<ClientHints>[]
        {
            () => new() { Brands = text },
            () => new() { FullVersionList = text },
            () => new() { Platform = text },
            () => new() { Platform = "\"Android\"", PlatformVersion = text },
            () => new() { Mobile = text },
            () => new() { Model = text },
            () => new() { FormFactors = text },
        })
        {
            Assert.InRange(Allocated(() => new DeviceSignals(userAgent, hints())), 1, Limit);
        }
    }

    [Fact]
    public void Hostile_headers_of_every_kind_allocate_little_more_than_their_cut_texts()
    {
        // The User-Agent takes 1,048 bytes and each of the 7 hints 536.
        var text = Repeat("\"Foo\";v=\"1\", ");
        Assert.InRange(
            Allocated(() => new DeviceSignals(text, new()
            {
                Brands = text,
                FullVersionList = text,
                Platform = text,
                PlatformVersion = text,
                Mobile = text,
                Model = text,
                FormFactors = text,
            })),
            1,
            5 * 1024);
    }

    private static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, (Header / part.Length) + 1))[..Header];

    private static long Allocated(Func<DeviceSignals> signals)
    {
        // The first call loads the tables, and a collection can add to a count. The cheapest of several counts.
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            DeviceDetector.DetectAnew(signals());
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
