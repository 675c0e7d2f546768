using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Accounts.Tests.House;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Walks;

/// <summary>Records which of our methods are on the stack, whenever anything logs or reads the clock.</summary>
/// <remarks>SQLite answers on the calling thread, so the stack at a database command reaches back to the click. Off until a walk begins.</remarks>
public sealed class Trail : TimeProvider, ILoggerProvider, ILogger
{
    private readonly ConcurrentDictionary<MethodBase, bool> _methods = new();

    public bool Recording { get; set; }

    /// <summary>Each of our methods that was on a stack.</summary>
    public IEnumerable<MethodBase> Methods => _methods.Keys;

    /// <summary>Our types on the stacks. A compiler-generated type counts as the type it was generated for.</summary>
    public IReadOnlySet<Type> Types => _methods.Keys.Select(method => RoomScanner.Outermost(method.DeclaringType!)).ToHashSet();

    public static bool IsOurs(Type type) => Product.Assemblies.Contains(type.Assembly);

    public override DateTimeOffset GetUtcNow()
    {
        Note();
        return base.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        Note();
        return base.GetTimestamp();
    }

    // Only the click counts: no background work runs in between, however long the walk takes.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, period == Timeout.InfiniteTimeSpan ? dueTime : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => Recording;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Note();

    public void Dispose()
    {
    }

    /// <summary>Records the caller's stack.</summary>
    public void Note()
    {
        if (!Recording)
            return;
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is { DeclaringType: { } type } method && IsOurs(type))
                _methods[method] = true;
        }
    }
}
