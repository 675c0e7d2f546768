using Accounts.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Geolocation;

/// <summary>Puts the configured database into use at start, and a new file in its place whenever there is one that is good.</summary>
/// <remarks>
/// Between two checks it remembers how the file looked that it last read, good or bad. A bad file is read and reported once, and again when it changes; the database before it stays in use.
/// </remarks>
internal sealed partial class PlaceUpkeep(PlaceFinder finder, GeolocationOptions options, string contentRoot, TimeProvider time, ILogger<PlaceUpkeep> logger) : BackgroundService
{
    private readonly PlaceFile? _file = options.Path.Length == 0 ? null : new PlaceFile(Path.GetFullPath(options.Path, contentRoot));
    private readonly PlaceAttribution? _attribution =
        options.AttributionLink.Length == 0 ? null : new PlaceAttribution(options.AttributionText.Trim(), new Uri(options.AttributionLink));
    private PlaceFile.Stamp? _seen;

    /// <exception cref="StartupException">The configured file cannot be used; the message names it, says why, and what to do.</exception>
    public void Open()
    {
        try
        {
            _seen = _file?.Look();
            if (_file is not null)
                Use(_file, _file.Read());
            else
                finder.Use(BundledDatabase.Reader, BundledDatabase.Source);
        }
        catch (PlaceFileException refused)
        {
            throw new StartupException($"The geolocation file {_file!.Path} cannot be used: {refused.Message}", refused);
        }

        LogInUse();
    }

    /// <summary>Looks once whether another file lies there, and takes it into use if it is good.</summary>
    public void Check()
    {
        if (_file is null)
            return;
        var stamp = _file.Look();
        if (stamp == _seen)
            return;

        var (reader, refused) = Read(_file);
        Log.Read(logger, _file.Path);
        // What was read while somebody wrote may be half of the one and half of the other: the next check reads it again.
        if (_file.Look() != stamp)
            return;

        _seen = stamp;
        if (reader is not null)
        {
            Use(_file, reader);
            LogInUse();
        }
        else
        {
            finder.Keep(refused!);
            Log.Kept(logger, _file.Path, refused!);
        }
    }

    private static (Ip2LocationReader? Reader, string? Refused) Read(PlaceFile file)
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

    private void Use(PlaceFile file, Ip2LocationReader reader) => finder.Use(reader, new PlaceSource(file.Path, $"DB{reader.Type}", reader.Date, _attribution));

    private void LogInUse()
    {
        var source = finder.Source;
        Log.InUse(logger, source.Path ?? "the bundled database", source.Type, source.Date is { } date ? $"{date:yyyy-MM-dd}" : "an unknown day");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Took {Database} into use for places: {Type} of {Date}")]
        public static partial void InUse(ILogger logger, string database, string type, string date);

        [LoggerMessage(2, LogLevel.Error, "The geolocation file {Path} was not taken into use: {Why} The one before it stays in use")]
        public static partial void Kept(ILogger logger, string path, string why);

        [LoggerMessage(3, LogLevel.Error, "The check of the geolocation file was postponed to its next round")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(5, LogLevel.Debug, "Read the geolocation file {Path}")]
        public static partial void Read(ILogger logger, string path);

        [LoggerMessage(4, LogLevel.Debug, "The upkeep of the geolocation file stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
