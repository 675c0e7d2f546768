using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Gate;

/// <summary>Refuses what a user may not open as well. The browser gets the message. It doesn't signal an error of the server.</summary>
internal sealed class TooManyPagesException(string message) : HubException(message);

/// <summary>Limits the pages that one session, and one user, hold open. A page is a connection to a hub.</summary>
internal sealed partial class OpenPages
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, int> _ofSession = [];
    private readonly Dictionary<UserId, int> _ofUser = [];
    private readonly HashSet<UserId> _logged = [];
    private readonly OpenPageOptions _options;
    private readonly Counter<long> _refused;
    private readonly ILogger _logger;

    public OpenPages(IOptions<OpenPageOptions> options, IMeterFactory meters, ILogger<OpenPages> logger)
    {
        _options = options.Value;
        _logger = logger;
        var meter = meters.Create("Accounts");
        meter.CreateObservableUpDownCounter("accounts.pages.open", CountOpen, "{page}", "Open pages.");
        _refused = meter.CreateCounter<long>("accounts.pages.refused", "{page}", "Pages that were refused because too many were open.");
    }

    /// <summary>Counts a page that opens.</summary>
    /// <param name="session">The page's session.</param>
    /// <returns>The page; dispose it when it closes.</returns>
    /// <exception cref="TooManyPagesException">Too many are open.</exception>
    public IDisposable Open(LiveSession session)
    {
        string refusal;
        lock (_gate)
        {
            var (ofSession, ofUser) = (_ofSession.GetValueOrDefault(session.Id), _ofUser.GetValueOrDefault(session.UserId));
            if (ofSession < _options.PerSession && ofUser < _options.PerUser)
            {
                _ofSession[session.Id] = ofSession + 1;
                _ofUser[session.UserId] = ofUser + 1;
                return new Page(this, session);
            }

            refusal = ofSession >= _options.PerSession
                ? $"This browser has {ofSession} pages of this site open, as many as it may. Close some of them, then reload this page."
                : $"You have {ofUser} pages of this site open on all your devices, as many as you may. Close some of them, then reload this page.";
        }

        throw Refused(session, refusal);
    }

    /// <summary>Whether a page that opens now would be refused.</summary>
    public bool IsFull(LiveSession session)
    {
        lock (_gate)
            return _ofSession.GetValueOrDefault(session.Id) >= _options.PerSession || _ofUser.GetValueOrDefault(session.UserId) >= _options.PerUser;
    }

    /// <summary>Checks how many root components a page would have.</summary>
    /// <exception cref="TooManyPagesException">There would be too many.</exception>
    public void CheckComponents(LiveSession session, int count)
    {
        if (count > _options.ComponentsPerPage)
            throw Refused(session, $"A page may have {_options.ComponentsPerPage} root components, and this one would have {count}.");
    }

    private TooManyPagesException Refused(LiveSession session, string refusal)
    {
        _refused.Add(1);
        bool first;
        lock (_gate)
            first = _logged.Add(session.UserId);
        if (first)
            Log.Refused(_logger, session.Id.Value, refusal);
        return new TooManyPagesException(refusal);
    }

    private void Close(LiveSession session)
    {
        lock (_gate)
        {
            CountDown(_ofSession, session.Id);
            CountDown(_ofUser, session.UserId);
            if (!_ofUser.ContainsKey(session.UserId))
                _logged.Remove(session.UserId);
        }
    }

    private static void CountDown<T>(Dictionary<T, int> counts, T key)
        where T : notnull
    {
        if (--CollectionsMarshal.GetValueRefOrNullRef(counts, key) == 0)
            counts.Remove(key);
    }

    private int CountOpen()
    {
        lock (_gate)
            return _ofSession.Values.Sum();
    }

    private sealed class Page(OpenPages pages, LiveSession session) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
                pages.Close(session);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a page of session {SessionId}: {Reason}")]
        public static partial void Refused(ILogger logger, Guid sessionId, string reason);
    }
}
