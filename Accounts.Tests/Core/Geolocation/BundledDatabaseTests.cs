using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The country database that ships with the program.</summary>
public sealed class BundledDatabaseTests
{
    private const string Notice = "dbip-country.notice.txt";

    [Theory]
    [InlineData("8.8.8.8", "US", "United States")]
    [InlineData("1.1.1.1", "AU", "Australia")]
    [InlineData("193.99.144.80", "DE", "Germany")]
    [InlineData("133.242.0.3", "JP", "Japan")]
    [InlineData("2001:200::1", "JP", "Japan")]
    [InlineData("2a02:2e0:3fe:1001:302::", "DE", "Germany")]
    [InlineData("2003::1", "DE", "Germany")]
    [InlineData("::ffff:193.99.144.80", "DE", "Germany")]
    public void Well_known_addresses_are_in_the_right_country(string address, string code, string country)
    {
        var place = new PlaceFinder().Find(address);
        Assert.Equal((code, country, country), (place.CountryCode, place.Country, place.Name));
    }

    [Fact]
    public void Every_country_has_one_code_and_a_common_name()
    {
        var names = Sample().ToDictionary(place => place.CountryCode!, place => place.Country!, StringComparer.Ordinal);
        Assert.True(names.Count > 200, $"Only {names.Count} countries were found.");
        Assert.Equal(names.Count, names.Values.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(names.Values,
            name => name.Contains(',', StringComparison.Ordinal) || name.Contains("Republic of", StringComparison.Ordinal)
                || name.Contains("SAR", StringComparison.Ordinal));
        Assert.Equal(("Hong Kong", "Taiwan", "South Korea", "Türkiye", "Palestine", "Kosovo"),
            (names["HK"], names["TW"], names["KR"], names["TR"], names["PS"], names["XK"]));
    }

    [Fact]
    public void Every_address_in_a_country_returns_the_same_object()
    {
        Assert.Same(new PlaceFinder().Find("193.99.144.80"), new PlaceFinder().Find("2003::1"));
        Assert.Equal(Sample().Count, Sample().Select(place => place.CountryCode).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_licence_is_in_the_sources_and_next_to_the_program()
    {
        var notice = Repository.Read("Accounts.Core/Geolocation/Bundled/" + Notice);
        Assert.Equal(notice, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Notice)));
        foreach (var part in new[]
        {
            "DB-IP",
            "https://db-ip.com",
            "https://creativecommons.org/licenses/by/4.0/",
            "Changes:",
            $"Date:     {BundledDatabase.Source.Date:yyyy-MM-dd}",
        })
            Assert.Contains(part, notice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operations_page_states_the_databases_date() =>
        Assert.Contains($"{BundledDatabase.Source.Date:yyyy-MM-dd}", Repository.Read("docs/operations.md"), StringComparison.Ordinal);

    [Fact]
    public void The_bundled_file_is_small() =>
        Assert.InRange(new FileInfo(Path.Combine(Repository.Root, "Accounts.Core/Geolocation/Bundled/dbip-country.bin.br")).Length, 100_000,
            4_000_000);

    /// <summary>The distinct places of one address in each /20 of IPv4.</summary>
    private static List<Place> Sample()
    {
        var reader = BundledDatabase.Database;
        return Enumerable.Range(0, 1 << 20)
            .Select(block => reader.Find(new NumericAddress(((uint)block << 12) + 1, IsV4: true)))
            .Where(place => place.CountryCode is not null)
            .Distinct(ReferenceEqualityComparer.Instance)
            .Cast<Place>()
            .ToList();
    }
}
