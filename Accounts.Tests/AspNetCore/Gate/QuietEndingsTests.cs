using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>An ended session and a refused page aren't logged as errors. Everything else still is.</summary>
public sealed class QuietEndingsTests
{
    private const string Circuits = "Microsoft.AspNetCore.Components.Server.Circuits.RemoteNavigationManager";

    public static TheoryData<Exception, string, bool> Failures => new()
    {
        { new SessionEndedException(), Circuits, false },
        { new AggregateException(new SessionEndedException()), Circuits, false },
        { new SessionEndedException(), "Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", false },
        { new TooManyPagesException("Close some of them."), "Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", false },
        { new JSDisconnectedException("The page was closed."), Circuits, false },
        { new JSException("There is no such function."), Circuits, true },
        { new InvalidOperationException("Something else."), Circuits, true },
        { new SessionEndedException(), "Accounts.AspNetCore.Gate.SessionPush", true },
    };

    // Guard: the condition in QuietEndings.
    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task The_framework_logs_every_error_except_endings_and_refusals(Exception failure, string reporter, bool heard)
    {
        var journal = new Journal();
        await using var site = AccountsSite.Start(services: services => services.AddSingleton<ILoggerProvider>(journal));
        site.Get<ILoggerFactory>().CreateLogger(reporter).LogError(failure, "Navigation failed");
        Assert.Equal(heard, journal.Of(LogLevel.Error).Contains("Navigation failed", StringComparer.Ordinal));
    }
}
