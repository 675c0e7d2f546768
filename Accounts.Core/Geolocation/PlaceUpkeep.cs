using Accounts.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Geolocation;

/// <summary>Loads the configured database on startup, and loads a new file whenever a valid one replaces it.</summary>
/// <remarks>
/// It remembers the time and length of the file that it last read, valid or not. So it reads and reports an invalid file once, and again only
/// when the file changes. The database before it stays in use.
/// </remarks>
internal sealed partial class PlaceUpkeep(
    PlaceFinder finder, GeolocationOptions options, ContentRoot root, TimeProvider time, ILogger<PlaceUpkeep> logger) : BackgroundService
{
    private readonly PlaceFile? _file = options.Path.Length == 0 ? null : new PlaceFile(Path.GetFullPath(options.Path, root.Path));
    private readonly PlaceAttribution? _attribution =
        options.AttributionLink.Length == 0 ? null : new PlaceAttribution(options.AttributionText.Trim(), new Uri(options.AttributionLink));
    private PlaceFile.Stamp? _seen;

    /// <exception cref="StartupException">The configured file can't be used. The message names it and says why and what to do.</exception>
    public void Open()
    {
        try
        {
            _seen = _file?.Look();
            if (_file is not null)
                Use(_file, _file.Read());
            else
                finder.Use(BundledDatabase.Database, BundledDatabase.Source);
        }
        catch (PlaceFileException refused)
        {
            throw new StartupException($"The geolocation file {_file!.Path} cannot be used: {refused.Message}", refused);
        }

        LogInUse();
    }

    /// <summary>Checks once for a replaced file, and loads it if it is valid.</summary>
    public void Check()
    {
        if (_file is null)
            return;
        var stamp = _file.Look();
        if (stamp == _seen)
            return;

        var (database, refused) = Read(_file);
        Log.Read(logger, _file.Path);
        // If the file changed during the read, the bytes may mix two files. The next check reads it again.
        if (_file.Look() != stamp)
            return;

        _seen = stamp;
        if (database is not null)
        {
            Use(_file, database);
            LogInUse();
        }
        else
        {
            finder.Keep(refused!);
            Log.Kept(logger, _file.Path, refused!);
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
        if (_file is null)
            return;

        using var timer = new PeriodicTimer(options.CheckInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                CheckGuarded();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    private void CheckGuarded()
    {
        try
        {
            Check();
        }
        catch (Exception failure)
        {
            Log.Postponed(logger, failure);
        }
    }

    private void Use(PlaceFile file, PlaceDatabase database) =>
        finder.Use(database, new PlaceSource(file.Path, database.Type, database.Date, database.Attribution ?? _attribution));

    private void LogInUse()
    {
        var source = finder.Source;
        Log.InUse(logger, source.Path ?? "the bundled database", source.Type, source.Date is { } date ? $"{date:yyyy-MM-dd}" : "an unknown day");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded {Database} to find places: {Type} of {Date}")]
        public static partial void InUse(ILogger logger, string database, string type, string date);

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
