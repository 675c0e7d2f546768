using System.Diagnostics.Metrics;
using Accounts.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Geolocation;

/// <summary>Loads the configured database on startup, and a new file whenever a valid one replaces it. Warns if the data is old.</summary>
/// <remarks>
/// It remembers the time and length of the file that it last read, valid or not. So it reads and reports an invalid file once, and again only
/// when the file changes. The database before it stays in use.
/// </remarks>
internal sealed partial class PlaceUpkeep : BackgroundService
{
    /// <summary>How often to check the age of the bundled database, which nobody replaces.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);

    private readonly PlaceFinder _finder;
    private readonly GeolocationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PlaceFile? _file;
    private readonly PlaceAttribution? _attribution;
    private PlaceFile.Stamp? _seen;
    private bool _warned;

    public PlaceUpkeep(
        PlaceFinder finder, GeolocationOptions options, ContentRoot root, IMeterFactory meters, TimeProvider time, ILogger<PlaceUpkeep> logger)
    {
        _finder = finder;
        _options = options;
        _time = time;
        _logger = logger;
        _file = options.Path.Length == 0 ? null : new PlaceFile(Path.GetFullPath(options.Path, root.Path));
        _attribution = options.AttributionLink.Length == 0
            ? null
            : new PlaceAttribution(options.AttributionText.Trim(), new Uri(options.AttributionLink));
        meters.Create(AccountsMeter.Name).CreateObservableGauge("accounts.geolocation.age", MeasureAge, "d", "Age of the geolocation data.");
    }

    /// <exception cref="StartupException">The configured file can't be used. The message names it and says why and what to do.</exception>
    public void Open()
    {
        try
        {
            _seen = _file?.Look();
            if (_file is not null)
                Use(_file, _file.Read());
            else
                Use(BundledDatabase.Database, BundledDatabase.Source);
        }
        catch (PlaceFileException refused)
        {
            throw new StartupException($"The geolocation file {_file!.Path} cannot be used: {refused.Message}", refused);
        }

        WarnIfOld();
    }

    /// <summary>Checks once for a replaced file, and loads it if it is valid. Then checks the age of the data in use.</summary>
    public void Check()
    {
        if (_file is not null)
            CheckFile(_file);
        WarnIfOld();
    }

    private void CheckFile(PlaceFile file)
    {
        var stamp = file.Look();
        if (stamp == _seen)
            return;

        var (database, refused) = Read(file);
        Log.Read(_logger, file.Path);
        // If the file changed during the read, the bytes may mix two files. The next check reads it again.
        if (file.Look() != stamp)
            return;

        _seen = stamp;
        if (database is not null)
        {
            Use(file, database);
        }
        else
        {
            _finder.Keep(refused!);
            Log.Kept(_logger, file.Path, refused!);
        }
    }

    private static (PlaceDatabase? Database, string? Refused) Read(PlaceFile file)
    {
        try
        {
            return (file.Read(), null);
        }
        catch (PlaceFileException refused)
        {
            return (null, refused.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rounds = new Rounds(_time, failure => Log.Postponed(_logger, failure));
        await rounds.RunAsync(_file is null ? Daily : _options.CheckInterval, CheckRoundAsync, stoppingToken);
        Log.Stopped(_logger);

        Task CheckRoundAsync()
        {
            Check();
            return Task.CompletedTask;
        }
    }

    private void Use(PlaceFile file, PlaceDatabase database) =>
        Use(database, new PlaceSource(file.Path, database.Type, database.Date, database.Attribution ?? _attribution));

    private void Use(PlaceDatabase database, PlaceSource source)
    {
        var oldAfter = source.Date is { } date ? PlaceSource.Midnight(date) + _options.WarnAfter : (DateTimeOffset?)null;
        _finder.Use(database, source with { OldAfter = oldAfter });
        _warned = false;
        Log.InUse(_logger, Name(source), source.Type, source.Date is { } day ? $"{day:yyyy-MM-dd}" : "an unknown day");
    }

    private void WarnIfOld()
    {
        var source = _finder.Source;
        if (_warned || !source.IsOld(_time.GetUtcNow()))
            return;
        _warned = true;
        Log.Old(_logger, Name(source), $"{source.Date:yyyy-MM-dd}", (int)_options.WarnAfter.TotalDays);
    }

    private IEnumerable<Measurement<int>> MeasureAge()
    {
        if (_finder.Source.Age(_time.GetUtcNow()) is { } age)
            yield return new Measurement<int>((int)age.TotalDays);
    }

    private static string Name(PlaceSource source) => source.Path ?? "the bundled database";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded {Database} to find places: {Type} of {Date}")]
        public static partial void InUse(ILogger logger, string database, string type, string date);

        [LoggerMessage(6, LogLevel.Warning,
            "The geolocation data in {Database} is of {Date}, older than {Days} days. Places may be wrong until you renew it")]
        public static partial void Old(ILogger logger, string database, string date, int days);

        [LoggerMessage(2, LogLevel.Error, "Refused the geolocation file {Path}: {Why} The previous one stayed in use")]
        public static partial void Kept(ILogger logger, string path, string why);

        [LoggerMessage(3, LogLevel.Error, "The check of the geolocation file failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(5, LogLevel.Debug, "Read the geolocation file {Path}")]
        public static partial void Read(ILogger logger, string path);

        [LoggerMessage(4, LogLevel.Debug, "The checks of the geolocation file stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
