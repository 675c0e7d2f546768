using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Accounts.Tests.Fixtures;

/// <summary>What an operator sees of one application's meters: each instrument's sum.</summary>
internal sealed class Meters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _observed = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Name, double Value)> _measured = new();

    /// <param name="factory">The application's own factory: other applications in the process have meters with the same names.</param>
    public Meters(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name is "Accounts")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.IsObservable)
                _observed[Name(instrument, tags)] = value;
            else
                _counted.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value);
        });
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (instrument.IsObservable)
                _observed[Name(instrument, tags)] = value;
            else
                _measured.Enqueue((Name(instrument, tags), value));
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measured.Enqueue((Name(instrument, tags), value)));
        _listener.Start();
    }

    /// <summary>Returns a counter's sum since the beginning, or a gauge's current value.</summary>
    /// <param name="name">The instrument's name. If it has a tag, the tag's value follows after a space.</param>
    public long Read(string name)
    {
        _listener.RecordObservableInstruments();
        return _observed.TryGetValue(name, out var shown) ? shown : _counted.GetValueOrDefault(name);
    }

    /// <summary>Whether a gauge has ever had a value.</summary>
    public bool HasValue(string name)
    {
        _listener.RecordObservableInstruments();
        return _observed.ContainsKey(name);
    }

    /// <summary>Returns all values that a histogram got, in their order.</summary>
    /// <inheritdoc cref="Read"/>
    public IReadOnlyList<double> Measured(string name) =>
        [.. _measured.Where(one => string.Equals(one.Name, name, StringComparison.Ordinal)).Select(one => one.Value)];

    public void Dispose() => _listener.Dispose();

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
}
