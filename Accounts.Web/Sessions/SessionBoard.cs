using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>What the Session manager shows, and where: nothing on it moves while somebody may be about to press.</summary>
/// <remarks>
/// The order is that of the list that was loaded first. From then on a session that starts goes to the end of the cards, one that ends stays in its
/// place, and what would move others (an ended card that goes, the tools that come, a question, a new card above rows or in groups) waits for
/// <see cref="Settle"/>.
/// </remarks>
internal sealed class SessionBoard
{
    /// <summary>Up to so many sessions besides the current one are cards; of more, the least active rest are rows.</summary>
    public const int CardLimit = 12;

    /// <summary>From so many sessions on one looks for the one that is meant.</summary>
    public const int ToolsFrom = 5;

    /// <summary>From so many sessions on the cards stand in groups.</summary>
    public const int GroupsFrom = 13;

    /// <summary>How long a session that has ended stays on its card; from then on the history has it.</summary>
    public static readonly TimeSpan EndedStays = TimeSpan.FromMinutes(1);

    private readonly List<Session> _cards = [];
    private readonly List<Session> _rows = [];
    private readonly List<Session> _arrived = [];
    private readonly Dictionary<SessionId, (string Title, string Icon)> _headings = [];
    private SessionId? _asked;

    /// <summary>The session that looks; null until the board is loaded.</summary>
    public Session? Current { get; private set; }

    /// <summary>The others that are cards.</summary>
    public IReadOnlyList<Session> Cards => _cards;

    /// <summary>The others that are rows.</summary>
    public IReadOnlyList<Session> Rows => _rows;

    /// <summary>All but the current one, those included that have no place yet.</summary>
    public IEnumerable<Session> Others => _cards.Concat(_rows).Concat(_arrived);

    /// <summary>All of them.</summary>
    public IEnumerable<Session> All => Current is null ? Others : Others.Prepend(Current);

    public int LiveCount => All.Count(session => session.Ending is null);

    /// <summary>The tools for looking for sessions are there.</summary>
    public bool HasTools { get; private set; }

    /// <summary>The cards stand in groups.</summary>
    public bool IsGrouped { get; private set; }

    /// <summary>There are others to end: the button for all of them is there.</summary>
    public bool IsSeveral { get; private set; }

    /// <summary>The session that is asked about at the top: of those in question the one that has waited longest. Answered or over, it stays until <see cref="Settle"/>.</summary>
    public Session? Question => Others.FirstOrDefault(session => session.Id == _asked);

    /// <summary>From when on <see cref="Settle"/> has something to do; null if it has not.</summary>
    public DateTimeOffset? SettleAt => _arrived.Count > 0 || (HasTools, IsGrouped, IsSeveral, _asked) != Should
        ? DateTimeOffset.MinValue
        : Others.Min(session => session.Ending?.At + EndedStays);

    // What is there for many stays for fewer: ending some of them is what it is for.
    private (bool Tools, bool Grouped, bool Several, SessionId? Question) Should =>
        (HasTools || LiveCount >= ToolsFrom, IsGrouped || LiveCount >= GroupsFrom, LiveCount > 1, Oldest?.Id);

    private Session? Oldest => Others.Where(session => session.IsInQuestion).MinBy(session => session.StartedAt);

    /// <param name="sessions">The live sessions, in order.</param>
    /// <param name="current">The one that looks.</param>
    public void Load(IReadOnlyList<Session> sessions, SessionId current)
    {
        Current = sessions.FirstOrDefault(session => session.Id == current);
        var others = sessions.Where(session => session.Id != current).ToList();
        // What deserves a second look gets a card, up to what one can look at.
        var cards = Math.Clamp(others.Count(session => session.IsFlagged), CardLimit, 2 * CardLimit);
        foreach (var place in new[] { _cards, _rows, _arrived })
            place.Clear();
        (HasTools, IsGrouped) = (false, false);
        _cards.AddRange(others.Take(cards));
        _rows.AddRange(others.Skip(cards));
        Settle(DateTimeOffset.MinValue);
    }

    /// <summary>Puts what is known of a session now in its place; one that is not here goes to the end of the cards, unless it is over.</summary>
    public void Put(Session session)
    {
        // A card more would push the rows below it, and the groups after its own.
        if (!Change(session.Id, _ => session) && session.Ending is null)
            (_rows.Count > 0 || IsGrouped ? _arrived : _cards).Add(session);
    }

    public void Apply(SessionChange change)
    {
        Change(change.SessionId, session => change switch
        {
            SessionChange.Seen seen when session.Ending is null => session.With(seen),
            SessionChange.Renamed renamed => session with { Name = renamed.Name },
            SessionChange.Recognized recognized => session.With(recognized),
            // A confirmation is the last word, whatever is told after it.
            SessionChange.Departed departed when session.Ending is { Departure: not Departure.Confirmed } ending => session with { Ending = ending with { Departure = departed.Departure } },
            _ => session,
        });
    }

    /// <summary>Does what moves things: takes off what ended long enough ago, gives a place to what has come, and decides anew what stands around the cards.</summary>
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

    /// <summary>The cards that are wanted, under their headings. A card stays in its group, whatever it is called meanwhile.</summary>
    public IReadOnlyList<SessionGroup> Groups(Func<Session, bool> isWanted)
    {
        var wanted = _cards.Where(isWanted).ToList();
        if (!IsGrouped)
            return wanted.Count == 0 ? [] : [new SessionGroup(null, "", wanted)];
        return [.. wanted.GroupBy(session => _headings.GetValueOrDefault(session.Id)).Select(group => new SessionGroup(group.Key.Title, group.Key.Icon, [.. group]))];
    }

    // A name that stands on several cards is one thing that the person knows; which browsers are on one machine is otherwise not known, and not guessed.
    private void Head()
    {
        _headings.Clear();
        var named = _cards.Where(session => session.Name is not null).GroupBy(session => session.Name!, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var session in _cards)
        {
            var kind = SessionKind.Of(session.Device.Type);
            _headings[session.Id] = session.Name is { } name && named.Contains(name) ? (name, kind.Icon) : (kind.Title, kind.Icon);
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
