using System.Diagnostics.Metrics;
using Accounts.Core.Geolocation;
using Accounts.Core.Settings;
using Accounts.Places;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>The configured file: loaded at start, and replaced while it is in use.</summary>
public sealed class PlaceUpkeepTests : IDisposable
{
    private const string Somewhere = "8.8.8.8";
    private static readonly byte[] Germany = PlaceData.Only("DE", "Germany");
    private static readonly byte[] Japan = PlaceData.Only("JP", "Japan");

    private readonly TempFolder _folder = new();
    private readonly Journal _log = new();
    private DateTime _written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string Path => _folder.File("places.bin");

    [Fact]
    public async Task Without_a_setting_the_bundled_database_answers_with_its_attribution()
    {
        await using var host = CoreHost.Start(_folder, Logged);
        var finder = host.Get<PlaceFinder>();
        Assert.Equal("US", finder.Find(Somewhere).CountryCode);
        Assert.Null(finder.Source.Path);
        Assert.Equal(("IP Geolocation by DB-IP", "https://db-ip.com/"), (finder.Source.Attribution!.Text, finder.Source.Attribution.Link.ToString()));
        Assert.Contains($"Loaded the bundled database to find places: DB1 of {finder.Source.Date:yyyy-MM-dd}", _log.Of(LogLevel.Information),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_configured_file_wins_and_its_path_is_relative_to_the_content_root(bool relative)
    {
        Write(Germany);
        await using var host = CoreHost.Start(_folder, Logged, ("Geolocation:Path", relative ? "places.bin" : Path));
        var finder = host.Get<PlaceFinder>();
        Assert.Equal("Germany", finder.Find(Somewhere).Name);
        var oldAfter = new DateTimeOffset(2026, 8, 30, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new PlaceSource(Path, "DB1", new DateOnly(2026, 6, 1), Attribution: null) { OldAfter = oldAfter }, finder.Source);
        Assert.Contains($"Loaded {Path} to find places: DB1 of 2026-06-01", _log.Of(LogLevel.Information), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replaced_file_takes_effect_at_the_next_check(bool byRename)
    {
        await using var host = Start();
        await host.Get<PlaceUpkeep>().StartAsync(TestContext.Current.CancellationToken);
        Patience.Until(() => host.Clock.Waiting > 0);
        var finder = host.Get<PlaceFinder>();

        if (byRename)
        {
            File.WriteAllBytes(_folder.File("new.bin"), Japan);
            File.Move(_folder.File("new.bin"), Path, overwrite: true);
        }
        else
        {
            Write(Japan);
        }

        host.Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal("Germany", finder.Find(Somewhere).Name);
        host.Clock.Advance(TimeSpan.FromTicks(1));
        Patience.Until(() => finder.Find(Somewhere).Name is "Japan");
        await host.Get<PlaceUpkeep>().StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(finder.Source.Problem);
        Assert.Empty(_log.Of(LogLevel.Error));
    }

    [Fact]
    public async Task A_file_of_the_other_format_takes_effect_at_the_next_check()
    {
        await using var host = Start();
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        Write(MaxMindData.Sample().Write());
        upkeep.Check();
        Assert.Equal(("GeoLite2-City", PlaceAttribution.GeoLite), (finder.Source.Type, finder.Source.Attribution));
        Assert.Equal("Osaka, Japan (hosting network)", finder.Find("6.1.2.3").Name);

        Write(Germany);
        upkeep.Check();
        Assert.Equal(("DB1", null), (finder.Source.Type, finder.Source.Attribution));
        Assert.Equal("Germany", finder.Find("6.1.2.3").Name);
    }

    public static TheoryData<string, bool> BadNames =>
        [.. BadPlaceFiles.All.Keys.Select(name => (name, false)), .. BadMaxMindFiles.All.Keys.Select(name => (name, true))];

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_replacement_is_reported_once_and_the_old_file_stays_in_use(string name, bool isMaxMind)
    {
        await using var host = Start();
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        var (file, says) = (isMaxMind ? BadMaxMindFiles.All : BadPlaceFiles.All)[name];
        Write(file);
        upkeep.Check();
        upkeep.Check();
        upkeep.Check();

        Assert.Equal("Germany", finder.Find(Somewhere).Name);
        var error = Assert.Single(_log.Of(LogLevel.Error));
        Assert.StartsWith($"Refused the geolocation file {Path}: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Contains(says, finder.Source.Problem, StringComparison.Ordinal);

        Write(Japan);
        upkeep.Check();
        Assert.Equal("Japan", finder.Find(Somewhere).Name);
        Assert.Null(finder.Source.Problem);
    }

    [Fact]
    public async Task A_deleted_file_stays_in_use_and_may_come_back()
    {
        await using var host = Start();
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        File.Move(Path, _folder.File("elsewhere.bin"));
        upkeep.Check();
        upkeep.Check();
        Assert.Equal("Germany", finder.Find(Somewhere).Name);
        Assert.Contains("it does not exist", finder.Source.Problem, StringComparison.Ordinal);
        Assert.Single(_log.Of(LogLevel.Error));

        File.Move(_folder.File("elsewhere.bin"), Path);
        upkeep.Check();
        Assert.Null(finder.Source.Problem);
        Assert.Equal("Germany", finder.Find(Somewhere).Name);
    }

    [Fact]
    public async Task An_unchanged_file_is_not_read_again()
    {
        await using var host = Start();
        host.Get<PlaceUpkeep>().Check();
        Assert.Single(_log.Of(LogLevel.Information), line => line.StartsWith("Loaded ", StringComparison.Ordinal));
        // Control: the same bytes, written again.
        Write(Germany);
        host.Get<PlaceUpkeep>().Check();
        Assert.Equal(2, _log.Of(LogLevel.Information).Count(line => line.StartsWith("Loaded ", StringComparison.Ordinal)));
    }

    // Guard: the second look at the file in PlaceUpkeep.Check.
    [Fact]
    public async Task A_file_still_being_written_waits_for_the_next_check()
    {
        await using var host = Start();
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        foreach (var file in new[] { Japan, [.. Japan, 0] })
        {
            Write(file);
            // Another write comes just after the file has been read.
            _log.Heard = text => _written = text.StartsWith("Read the geolocation file", StringComparison.Ordinal) ? Touch() : _written;
            upkeep.Check();
            _log.Heard = null;
            Assert.Equal("Germany", finder.Find(Somewhere).Name);
            Assert.Null(finder.Source.Problem);
        }

        Assert.Empty(_log.Of(LogLevel.Error));
        upkeep.Check();
        Assert.NotNull(finder.Source.Problem);
        Write(Japan);
        upkeep.Check();
        Assert.Equal("Japan", finder.Find(Somewhere).Name);

        DateTime Touch()
        {
            var later = _written.AddSeconds(1);
            File.SetLastWriteTimeUtc(Path, later);
            return later;
        }
    }

    [Fact]
    public async Task Every_answer_during_replacements_comes_from_exactly_one_file()
    {
        await using var host = Start();
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        using var done = new CancellationTokenSource(Patience.Limit);
        var (germany, japan) = (0, 0);
        var askers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                var place = finder.Find(Somewhere);
                Assert.True(place is { CountryCode: "DE", Country: "Germany" } or { CountryCode: "JP", Country: "Japan" }, place.ToString());
                Interlocked.Increment(ref place.CountryCode is "DE" ? ref germany : ref japan);
            }
        })).ToList();
        // The readers may be scheduled late, so the loop continues until both answers have been seen.
        for (var i = 0; i < 200 || (Math.Min(Volatile.Read(ref germany), Volatile.Read(ref japan)) == 0 && !done.IsCancellationRequested); i++)
        {
            Write(i % 2 == 0 ? Japan : Germany);
            upkeep.Check();
            Assert.Equal(i % 2 == 0 ? "Japan" : "Germany", finder.Find(Somewhere).Name);
        }

        await done.CancelAsync();
        await Task.WhenAll(askers);
        Assert.True(germany > 0 && japan > 0, $"Seen: Germany {germany} times, Japan {japan} times.");
    }

    [Fact]
    public void A_file_of_more_than_2_GB_is_refused()
    {
        using (var file = File.Create(Path))
            file.SetLength(3L << 30);
        Assert.Contains("it is larger than 2 GB", Assert.Throws<PlaceFileException>(() => new PlaceFile(Path).Read()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00:00.05")]
    [InlineData("01:00:01")]
    [InlineData("10")]
    public void An_invalid_interval_is_refused(string interval) => Assert.Contains(
        "Geolocation:CheckInterval",
        Assert.Throws<StartupException>(() => CoreHost.Start(_folder, null, ("Geolocation:CheckInterval", interval))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("00:00:10")]
    [InlineData("3651.00:00:00")]
    public void An_invalid_age_is_refused(string age) => Assert.Contains(
        "Geolocation:WarnAfter",
        Assert.Throws<StartupException>(() => CoreHost.Start(_folder, null, ("Geolocation:WarnAfter", age))).Message,
        StringComparison.Ordinal);

    // The clock starts at noon of 2026-03-01.
    [Theory]
    [InlineData(false, "2025-12-02", null, false)]
    [InlineData(false, "2025-12-01", null, true)]
    [InlineData(true, "2025-12-02", null, false)]
    [InlineData(true, "2025-11-30", null, true)]
    [InlineData(false, "2026-02-20", "10.00:00:00", false)]
    [InlineData(true, "2026-02-18", "10.00:00:00", true)]
    public async Task Old_data_is_warned_about_once_at_the_start(bool isMaxMind, string date, string? age, bool isOld)
    {
        Write(Dated(isMaxMind, DateOnly.Parse(date)));
        await using var host = CoreHost.Start(
            _folder, Logged, [("Geolocation:Path", Path), .. age is null ? Array.Empty<(string, string)>() : [("Geolocation:WarnAfter", age)]]);
        host.Get<PlaceUpkeep>().Check();
        host.Get<PlaceUpkeep>().Check();

        Assert.Equal(isOld, host.Get<PlaceFinder>().Source.IsOld(host.Clock.GetUtcNow()));
        Assert.Equal(isOld ? [OldText(date, age is null ? 90 : 10)] : [], Warnings);
    }

    [Fact]
    public async Task Data_that_becomes_old_is_warned_about_once_until_it_is_renewed()
    {
        Write(Dated(isMaxMind: true, new DateOnly(2025, 12, 2)));
        await using var host = CoreHost.Start(_folder, Logged, ("Geolocation:Path", Path));
        var (upkeep, finder) = (host.Get<PlaceUpkeep>(), host.Get<PlaceFinder>());
        host.Clock.Advance(TimeSpan.FromHours(12));
        upkeep.Check();
        Assert.Empty(Warnings);
        host.Clock.Advance(TimeSpan.FromTicks(1));
        upkeep.Check();
        upkeep.Check();
        Assert.Equal([OldText("2025-12-02")], Warnings);

        // Another edition that is as old.
        Write(Dated(isMaxMind: false, new DateOnly(2025, 11, 15)));
        upkeep.Check();
        upkeep.Check();
        Assert.Equal([OldText("2025-12-02"), OldText("2025-11-15")], Warnings);

        Write(Dated(isMaxMind: true, new DateOnly(2026, 2, 27)));
        upkeep.Check();
        Assert.Equal(2, Warnings.Count);
        Assert.False(finder.Source.IsOld(host.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_file_without_a_date_is_never_old()
    {
        Write(PlaceData.Small(type: 1, isOld: true, date: (20, 25, 7)).Write());
        await using var host = CoreHost.Start(_folder, Logged, ("Geolocation:Path", Path));
        host.Clock.Advance(TimeSpan.FromDays(4000));
        host.Get<PlaceUpkeep>().Check();
        Assert.Empty(Warnings);
        Assert.Null(host.Get<PlaceFinder>().Source.OldAfter);
    }

    [Fact]
    public async Task The_bundled_database_becomes_old_while_the_program_runs()
    {
        await using var host = CoreHost.Start(_folder, Logged);
        await host.Get<PlaceUpkeep>().StartAsync(TestContext.Current.CancellationToken);
        Patience.Until(() => host.Clock.Waiting > 0);
        var date = host.Get<PlaceFinder>().Source.Date!.Value;
        host.Clock.Advance(new DateTimeOffset(date.AddDays(92), TimeOnly.MinValue, TimeSpan.Zero) - host.Clock.GetUtcNow());
        Patience.Until(() => Warnings.Count > 0);
        await host.Get<PlaceUpkeep>().StopAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith($"The geolocation data in the bundled database is of {date:yyyy-MM-dd}, older than 90 days.", Assert.Single(Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_can_watch_the_datas_age()
    {
        Write(Dated(isMaxMind: true, new DateOnly(2026, 2, 1)));
        await using var host = CoreHost.Start(_folder, Logged, ("Geolocation:Path", Path));
        using var meters = new Meters(host.Get<IMeterFactory>());
        Assert.Equal(28, meters.Read("accounts.geolocation.age"));
        host.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(31, meters.Read("accounts.geolocation.age"));
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<string> Warnings => [.. _log.Of(LogLevel.Warning)];

    private string OldText(string date, int days = 90) =>
        $"The geolocation data in {Path} is of {date}, older than {days} days. Places may be wrong until you renew it";

    private static byte[] Dated(bool isMaxMind, DateOnly date)
    {
        if (!isMaxMind)
            return PlaceData.Small(type: 1, date: (date.Year - 2000, date.Month, date.Day)).Write();
        var writer = new MaxMindWriter("GeoLite2-City") { Date = date };
        writer.Add(PlaceData.At("5.0.0.0"), 8, MaxMindData.Record(PlaceData.Berlin));
        return writer.Write();
    }

    private CoreHost Start()
    {
        Write(Germany);
        return CoreHost.Start(_folder, Logged, ("Geolocation:Path", Path));
    }

    private void Logged(IServiceCollection services) =>
        services.AddSingleton<ILoggerProvider>(_log).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));

    // Each content gets its own time: the file system's clock may be coarser than the test's writes.
    private void Write(byte[] file)
    {
        File.WriteAllBytes(Path, file);
        File.SetLastWriteTimeUtc(Path, _written = _written.AddHours(1));
    }
}
