using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Gate;

/// <summary>Refuses what a user may not open as well. The browser gets the message. It doesn't signal an error of the server.</summary>
internal sealed class TooManyPagesException(string message) : HubException(message);

/// <summary>Limits the pages that one session, and one user, hold open. A page is a connection to a hub, and its circuit.</summary>
/// <remarks>
/// A page that loses its connection keeps its circuit for some minutes, and finds it again over a new connection. So connections and circuits are
/// counted apart, each up to the limit of pages.
/// </remarks>
internal sealed partial class OpenPages
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, Tally> _ofSession = [];
    private readonly Dictionary<UserId, Tally> _ofUser = [];
    private readonly HashSet<UserId> _logged = [];
    private readonly OpenPageOptions _options;
    private readonly Counter<long> _refused;
    private readonly ILogger _logger;

    public OpenPages(IOptions<OpenPageOptions> options, IMeterFactory meters, ILogger<OpenPages> logger)
    {
        _options = options.Value;
        _logger = logger;
        var meter = meters.Create(AccountsMeter.Name);
        meter.CreateObservableUpDownCounter("accounts.pages.open", () => Sum(tally => tally.Connections), "{page}", "Open pages.");
        meter.CreateObservableUpDownCounter(
            "accounts.pages.circuits", () => Sum(tally => tally.Circuits), "{circuit}", "Circuits, connected or not.");
        meter.CreateObservableUpDownCounter(
            "accounts.pages.components", () => Sum(tally => tally.Components), "{component}", "Root components of all circuits.");
        _refused = meter.CreateCounter<long>(
            "accounts.pages.refused", "{refusal}", "Pages, and components of pages, that were refused because too many were open.")
            .FromZero();
    }

    /// <summary>Counts a page that opens.</summary>
    /// <param name="session">The page's session.</param>
    /// <returns>The page; dispose it when its connection closes.</returns>
    /// <exception cref="TooManyPagesException">Too many are open.</exception>
    public IDisposable Open(LiveSession session)
    {
        if (TryAdd(session, new Tally(Connections: 1)) is { } refusal)
            throw new TooManyPagesException(refusal);
        return new Page(this, session);
    }

    /// <summary>Counts a page's circuit.</summary>
    /// <param name="session">The page's session.</param>
    /// <returns>The circuit; dispose it when it has closed.</returns>
    /// <exception cref="TooManyPagesException">Too many are open.</exception>
    public OpenCircuit OpenCircuit(LiveSession session)
    {
        if (TryAdd(session, new Tally(Circuits: 1)) is { } refusal)
            throw new TooManyPagesException(refusal);
        return new OpenCircuit(this, session);
    }

    /// <summary>Counts further root components of a circuit.</summary>
    /// <returns>Null if they are counted; otherwise, why there would be too many.</returns>
    public string? TryAdd(OpenCircuit circuit, int components)
    {
        lock (_gate)
        {
            var count = circuit.Components + components;
            if (count > _options.ComponentsPerPage)
                return Refuse(
                    circuit.Session, $"A page may have {_options.ComponentsPerPage} root components, and this one would have {count}.");
            // The framework refuses a call to a circuit that has just closed.
            if (circuit.IsClosed)
                return null;
            var refusal = TryAdd(circuit.Session, new Tally(Components: components));
            if (refusal is null)
                circuit.Components = count;
            return refusal;
        }
    }

    /// <summary>Counts root components of a circuit that were removed.</summary>
    public void Remove(OpenCircuit circuit, int components)
    {
        lock (_gate)
        {
            if (circuit.IsClosed)
                return;
            circuit.Components -= components;
            Subtract(circuit.Session, new Tally(Components: components));
        }
    }

    /// <summary>Counts a circuit that has closed. Later calls do nothing.</summary>
    public void Close(OpenCircuit circuit)
    {
        lock (_gate)
        {
            if (circuit.IsClosed)
                return;
            circuit.IsClosed = true;
            Subtract(circuit.Session, new Tally(Circuits: 1, Components: circuit.Components));
        }
    }

    /// <summary>Whether a page that opens now would be refused.</summary>
    public bool IsFull(LiveSession session)
    {
        lock (_gate)
        {
            var page = new Tally(1, 1, 1);
            return FindRefusal(_ofSession.GetValueOrDefault(session.Id) + page, _ofUser.GetValueOrDefault(session.Actor) + page, page) is not null;
        }
    }

    /// <summary>Counts the open pages of all users.</summary>
    public OpenPageCount Count()
    {
        lock (_gate)
            return new OpenPageCount(Sum(tally => tally.Connections), Sum(tally => tally.Circuits));
    }

    private string? TryAdd(LiveSession session, Tally more)
    {
        lock (_gate)
        {
            var (ofSession, ofUser) = (_ofSession.GetValueOrDefault(session.Id) + more, _ofUser.GetValueOrDefault(session.Actor) + more);
            if (FindRefusal(ofSession, ofUser, more) is { } refusal)
                return Refuse(session, refusal);
            (_ofSession[session.Id], _ofUser[session.Actor]) = (ofSession, ofUser);
            return null;
        }
    }

    private string? FindRefusal(Tally ofSession, Tally ofUser, Tally more)
    {
        if (Exceeds(ofSession, more, _options.PerSession))
            return $"This browser has {_options.PerSession} pages of this site open, as many as it may. Close some of them, then reload this page.";
        if (Exceeds(ofUser, more, _options.PerUser))
            return $"You have {_options.PerUser} pages of this site open on all your devices, as many as you may. Close some, then reload this page.";
        if (more.Components > 0 && ofSession.Components > _options.ComponentsPerSession)
            return $"This browser's pages may have {_options.ComponentsPerSession} root components together. Close some, then reload this page.";
        if (more.Components > 0 && ofUser.Components > _options.ComponentsPerUser)
            return $"Your pages may have {_options.ComponentsPerUser} root components on all your devices. Close some, then reload this page.";
        return null;
    }

    // A reconnecting page brings a connection to a circuit that is counted already. Only what is added can be too many.
    private static bool Exceeds(Tally all, Tally more, int limit) =>
        (more.Connections > 0 && all.Connections > limit) || (more.Circuits > 0 && all.Circuits > limit);

    private string Refuse(LiveSession session, string refusal)
    {
        _refused.Add(1);
        if (_logged.Add(session.Actor))
            Log.Refused(_logger, session.Id.Value, refusal);
        return refusal;
    }

    private void Subtract(LiveSession session, Tally less)
    {
        lock (_gate)
        {
            Subtract(_ofSession, session.Id, less);
            Subtract(_ofUser, session.Actor, less);
            if (!_ofUser.ContainsKey(session.Actor))
                _logged.Remove(session.Actor);
        }
    }

    private static void Subtract<T>(Dictionary<T, Tally> tallies, T key, Tally less)
        where T : notnull
    {
        ref var tally = ref CollectionsMarshal.GetValueRefOrNullRef(tallies, key);
        tally -= less;
        if (tally == default)
            tallies.Remove(key);
    }

    private int Sum(Func<Tally, int> count)
    {
        lock (_gate)
            return _ofSession.Values.Sum(count);
    }

    /// <summary>What a session or a user holds open.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tally(int Connections = 0, int Circuits = 0, int Components = 0)
    {
        public static Tally operator +(Tally one, Tally other) =>
            new(one.Connections + other.Connections, one.Circuits + other.Circuits, one.Components + other.Components);

        public static Tally operator -(Tally one, Tally other) =>
            new(one.Connections - other.Connections, one.Circuits - other.Circuits, one.Components - other.Components);
    }

    private sealed class Page(OpenPages pages, LiveSession session) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
                pages.Subtract(session, new Tally(Connections: 1));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a page of session {SessionId}: {Reason}")]
        public static partial void Refused(ILogger logger, Guid sessionId, string reason);
    }
}
