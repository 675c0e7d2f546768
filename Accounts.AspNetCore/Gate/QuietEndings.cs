using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.JSInterop;

namespace Accounts.AspNetCore.Gate;

/// <summary>
/// The framework's logging without the errors that intended endings and refusals cause. The framework logs an error when the server ends a circuit
/// and when it refuses a later call or a page. It also logs one if the page closes just before it is told.
/// </summary>
/// <remarks>
/// The framework's log filters see category and level, but never the exception. An ended session isn't an error and must not look like one.
/// </remarks>
internal sealed class QuietEndings(ILoggerFactory inner) : ILoggerFactory
{
    /// <summary>The categories that log these errors: the circuit, and the hub if the page's last response arrives after the end.</summary>
    private static readonly string[] Reporters = ["Microsoft.AspNetCore.Components.", "Microsoft.AspNetCore.SignalR."];

    /// <summary>Wraps the logger factory that the application has at this point, whichever it is.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(ILoggerFactory)) is not { } before)
            return;
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(sp => new QuietEndings((ILoggerFactory)(
            before.ImplementationInstance
                ?? before.ImplementationFactory?.Invoke(sp) ?? ActivatorUtilities.CreateInstance(sp, before.ImplementationType!)))));
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName)
    {
        var logger = inner.CreateLogger(categoryName);
        return Array.Exists(Reporters, reporter => categoryName.StartsWith(reporter, StringComparison.Ordinal)) ? new QuietLogger(logger) : logger;
    }

    public void Dispose() => inner.Dispose();

    private sealed class QuietLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not (SessionEndedException or TooManyPagesException or JSDisconnectedException
                or AggregateException { InnerException: SessionEndedException }))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
