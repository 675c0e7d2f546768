using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Manager;

/// <summary>What the Session manager shows, and where. Nothing on it moves while the user may be about to press a button.</summary>
/// <remarks>
/// The first loaded list sets the order. A new session goes after the last card, and an ended session keeps its place. Changes that would move other
/// content wait for <see cref="Settle"/>. These are: removing an ended card, showing the tools or a question, and adding a card above rows or in
/// groups.
/// </remarks>
internal sealed class SessionBoard
{
    /// <summary>How many other sessions get a card. The least active ones beyond that are rows.</summary>
    public const int CardLimit = 12;

    /// <summary>The number of sessions from which the search tools appear.</summary>
    public const int ToolsFrom = 5;

    /// <summary>The number of sessions from which cards are grouped.</summary>
    public const int GroupsFrom = 13;

    /// <summary>How long an ended session keeps its card. After that, only the history shows it.</summary>
    public static readonly TimeSpan EndedStays = TimeSpan.FromMinutes(1);

    private readonly List<Session> _cards = [];
    private readonly List<Session> _rows = [];
    private readonly List<Session> _arrived = [];
    private readonly Dictionary<SessionId, (string Title, string Icon)> _headings = [];
    private SessionId? _asked;

    /// <summary>The viewer's session; null until the board is loaded.</summary>
    public Session? Current { get; private set; }

    /// <summary>The other sessions shown as cards.</summary>
    public IReadOnlyList<Session> Cards => _cards;

    /// <summary>The other sessions shown as rows.</summary>
    public IReadOnlyList<Session> Rows => _rows;

    /// <summary>All sessions but the current one, including new ones without a place.</summary>
    public IEnumerable<Session> Others => _cards.Concat(_rows).Concat(_arrived);

    /// <summary>All sessions.</summary>
    public IEnumerable<Session> All => Current is null ? Others : Others.Prepend(Current);

    /// <summary>How many sessions are live. A view of support isn't one of the user's.</summary>
    public int LiveCount => All.Count(session => session.Ending is null && session.View is null);

    /// <summary>Whether the search tools are shown.</summary>
    public bool HasTools { get; private set; }

    /// <summary>Whether the cards are grouped.</summary>
    public bool IsGrouped { get; private set; }

    /// <summary>Whether there are others to end. If so, the button for all of them is shown.</summary>
    public bool IsSeveral { get; private set; }

    /// <summary>
    /// The session that the page asks about: the longest unanswered one. An answered or ended session stays until <see cref="Settle"/>.
    /// </summary>
    public Session? Question => Others.FirstOrDefault(session => session.Id == _asked);

    /// <summary>When <see cref="Settle"/> next has work to do; null if it has none.</summary>
    public DateTimeOffset? SettleAt => _arrived.Count > 0 || (HasTools, IsGrouped, IsSeveral, _asked) != Should
        ? DateTimeOffset.MinValue
        : Others.Min(session => session.Ending?.At + EndedStays);

    // The tools and groups stay when the number drops, because ending sessions is what they are for.
    private (bool Tools, bool Grouped, bool Several, SessionId? Question) Should =>
        (HasTools || LiveCount >= ToolsFrom, IsGrouped || LiveCount >= GroupsFrom, LiveCount > 1, Oldest?.Id);

    private Session? Oldest => Others.Where(session => session.IsInQuestion).MinBy(session => session.StartedAt);

    /// <param name="sessions">The live sessions, in order.</param>
    /// <param name="current">The viewer's session.</param>
    public void Load(IReadOnlyList<Session> sessions, SessionId current)
    {
        // A member of staff who views the account has no device here: their view is a card like any other.
        Current = sessions.FirstOrDefault(session => session.Id == current && session.View is null);
        var others = sessions.Where(session => session.Id != Current?.Id).OrderByDescending(session => session.View is not null).ToList();
        // A flagged session gets a card, up to a number that the viewer can take in.
        var cards = Math.Clamp(others.Count(session => session.IsFlagged || session.View is not null), CardLimit, 2 * CardLimit);
        foreach (var place in new[] { _cards, _rows, _arrived })
            place.Clear();
        (HasTools, IsGrouped) = (false, false);
        _cards.AddRange(others.Take(cards));
        _rows.AddRange(others.Skip(cards));
        Settle(DateTimeOffset.MinValue);
    }

    /// <summary>Updates a session in its place. A new live session goes after the last card.</summary>
    public void Put(Session session)
    {
        // Another card would push the rows below it and the groups after its own.
        if (!Change(session.Id, _ => session) && session.Ending is null)
            (_rows.Count > 0 || IsGrouped ? _arrived : _cards).Add(session);
    }

    public void Apply(SessionChange change)
    {
        Change(change.SessionId, session => change switch
        {
            SessionChange.Seen seen when session.Ending is null => seen.Apply(session),
            SessionChange.Renamed renamed => session with { Name = renamed.Name },
            SessionChange.Recognized recognized => recognized.Apply(session),
            // A confirmation is final, whatever arrives after it.
            SessionChange.Departed departed when session.Ending is { Departure: not Departure.Confirmed } ending => session with
            {
                Ending = ending with { Departure = departed.Departure },
            },
            _ => session,
        });
    }

    /// <summary>Applies the changes that move content. It removes old endings, places new sessions and updates the surrounding controls.</summary>
    public void Settle(DateTimeOffset now)
    {
        _cards.AddRange(_arrived);
        _arrived.Clear();
        _cards.RemoveAll(HasGone);
        _rows.RemoveAll(HasGone);
        (HasTools, IsGrouped, IsSeveral) = (Should.Tools, Should.Grouped, Should.Several);
        _asked = Oldest?.Id;
        Head();

        bool HasGone(Session session) => session.Ending is { } ending && ending.At + EndedStays <= now;
    }

    /// <summary>The wanted cards under their headings. A card stays in its group even if the user renames its session.</summary>
    public IReadOnlyList<SessionGroup> Groups(Func<Session, bool> isWanted)
    {
        var wanted = _cards.Where(isWanted).ToList();
        if (!IsGrouped)
            return wanted.Count == 0 ? [] : [new SessionGroup(null, "", wanted)];
        return [.. wanted.GroupBy(session => _headings.GetValueOrDefault(session.Id))
            .Select(group => new SessionGroup(group.Key.Title, group.Key.Icon, [.. group]))];
    }

    // Several cards with one name are one device to the user. Nothing else tells which browsers share a machine, so the board doesn't guess.
    private void Head()
    {
        _headings.Clear();
        var named = _cards.Where(session => session.Name is not null).GroupBy(session => session.Name!, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var session in _cards)
        {
            var kind = DeviceKind.Of(session.Device.Type);
            _headings[session.Id] = session.Name is { } name && named.Contains(name) ? (TypedText.Isolate(name), kind.Icon) : (kind.Title, kind.Icon);
        }
    }

    private bool Change(SessionId id, Func<Session, Session> change)
    {
        if (Current is { } current && current.Id == id)
        {
            Current = change(current);
            return true;
        }

        foreach (var sessions in new[] { _cards, _rows, _arrived })
        {
            var at = sessions.FindIndex(session => session.Id == id);
            if (at < 0)
                continue;
            sessions[at] = change(sessions[at]);
            return true;
        }

        return false;
    }
}
