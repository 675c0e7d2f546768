using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>
/// The framework's logging without one kind of line: the error that it reports when a circuit is ended on purpose, when a call of it is refused after that, or when the
/// page to be told has been closed at that very moment.
/// </summary>
/// <remarks>A filter of the framework's own sees category and level, never the exception; an ended session is no error and must not look like one.</remarks>
internal sealed class QuietEndings(IEnumerable<ILoggerProvider> providers, IOptionsMonitor<LoggerFilterOptions> filter, IOptions<LoggerFactoryOptions> options) : ILoggerFactory
{
    /// <summary>Who reports it: the circuit, and the hub when the page's last answer comes after the end.</summary>
    private static readonly string[] Reporters = ["Microsoft.AspNetCore.Components.", "Microsoft.AspNetCore.SignalR."];

    private readonly LoggerFactory _inner = new(providers, filter, options);

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName)
    {
        var logger = _inner.CreateLogger(categoryName);
        return Array.Exists(Reporters, reporter => categoryName.StartsWith(reporter, StringComparison.Ordinal)) ? new QuietLogger(logger) : logger;
    }

    public void Dispose() => _inner.Dispose();

    private sealed class QuietLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not (SessionEndedException or JSDisconnectedException or AggregateException { InnerException: SessionEndedException }))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
