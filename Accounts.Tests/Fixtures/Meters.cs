using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Accounts.Tests.Fixtures;

/// <summary>What an operator sees of one application's meters: the sums of its instruments.</summary>
internal sealed class Meters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _observed = new(StringComparer.Ordinal);

    /// <param name="factory">The application's: other applications of the process have meters of the same name.</param>
    public Meters(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name is "Accounts")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counted.AddOrUpdate(Name(instrument, tags), value, (_, sum) => sum + value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _observed[Name(instrument, tags)] = value);
        _listener.Start();
    }

    /// <summary>The sum of a counter since the beginning, or what a gauge shows now.</summary>
    /// <param name="name">The instrument, with the value of its tag behind a space where it has one.</param>
    public long Read(string name)
    {
        _listener.RecordObservableInstruments();
        return _observed.TryGetValue(name, out var shown) ? shown : _counted.GetValueOrDefault(name);
    }

    public void Dispose() => _listener.Dispose();

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
}
