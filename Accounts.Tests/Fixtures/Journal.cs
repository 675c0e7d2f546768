using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Fixtures;

/// <summary>The log of a site, for a test to read afterwards.</summary>
public sealed class Journal : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text, Exception? Failure)> _lines = new();

    /// <summary>Receives each line as it is written, on the writing thread.</summary>
    public Action<string>? Heard { get; set; }

    public IReadOnlyList<(string Category, LogLevel Level, string Text)> Lines => [.. _lines.Select(line => (line.Category, line.Level, line.Text))];

    /// <summary>The last lines, with their exceptions.</summary>
    public string Tail(int count) =>
        string.Join('\n', _lines.TakeLast(count).Select(line => $"{line.Level}: {line.Category}: {line.Text} {line.Failure}"));

    /// <summary>The lines of the category with this name, in order.</summary>
    public IReadOnlyList<string> Of(string type) =>
        [.. Lines.Where(line => line.Category.EndsWith("." + type, StringComparison.Ordinal)).Select(line => $"{line.Level}: {line.Text}")];

    /// <summary>The lines of one level, in order.</summary>
    public IReadOnlyList<string> Of(LogLevel level) => [.. Lines.Where(line => line.Level == level).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Pen(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Pen(Journal journal, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            journal._lines.Enqueue((category, logLevel, text, exception));
            journal.Heard?.Invoke(text);
        }
    }
}
