using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace Accounts.Web.Gate;

/// <summary>
/// The framework's logging without the errors that intended endings cause. The framework logs an error when the server ends a circuit and when it
/// refuses a later call. It also logs one if the page closes just before it is told.
/// </summary>
/// <remarks>
/// The framework's log filters see category and level, but never the exception. An ended session isn't an error and must not look like one.
/// </remarks>
internal sealed class QuietEndings(IEnumerable<ILoggerProvider> providers, IOptionsMonitor<LoggerFilterOptions> filter, IOptions<LoggerFactoryOptions> options) : ILoggerFactory
{
    /// <summary>The categories that log these errors: the circuit, and the hub if the page's last response arrives after the end.</summary>
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
