using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Walks;

/// <summary>Writes down which methods of ours are on the stack, at every line that anything logs and at every look at the clock.</summary>
/// <remarks>SQLite answers on the thread that asks, so the stack at a database command reaches back to the click. Off until a walk begins.</remarks>
public sealed class Trail : TimeProvider, ILoggerProvider, ILogger
{
    private static readonly string[] Ours = ["Accounts.Core", "Accounts.Web"];

    private readonly ConcurrentDictionary<MethodBase, bool> _methods = new();

    public bool Recording { get; set; }

    /// <summary>Every method of ours that was on a stack.</summary>
    public IEnumerable<MethodBase> Methods => _methods.Keys;

    /// <summary>The types of ours on the stacks; what the compiler makes counts as the type that it made it for.</summary>
    public IReadOnlySet<Type> Types => _methods.Keys.Select(method => Outermost(method.DeclaringType!)).ToHashSet();

    public static bool IsOurs(Type type) => Ours.Contains(type.Assembly.GetName().Name, StringComparer.Ordinal);

    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

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

    // Nothing but the click: no round of anybody's comes between, however long the walk takes.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, period == Timeout.InfiniteTimeSpan ? dueTime : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => Recording;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Note();

    public void Dispose()
    {
    }

    /// <summary>Writes down the stack of the caller.</summary>
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
