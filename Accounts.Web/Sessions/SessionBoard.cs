using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>What the Session manager shows, and where: nothing on it moves while somebody may be about to press.</summary>
/// <remarks>
/// The order is that of the list that was loaded first. From then on a session that starts goes to the end of the cards, one that ends stays in its
/// place, and what would move others (an ended card that goes, the filter that comes, a new card above lines) waits for <see cref="Settle"/>.
/// </remarks>
internal sealed class SessionBoard
{
    /// <summary>Up to so many sessions are cards; of more, the least active rest are lines.</summary>
    public const int CardLimit = 12;

    /// <summary>How long a session that has ended stays on its card; from then on the history has it.</summary>
    public static readonly TimeSpan EndedStays = TimeSpan.FromMinutes(1);

    private readonly List<Session> _cards = [];
    private readonly List<Session> _lines = [];
    private readonly List<Session> _arrived = [];
    private SessionId _current;

    public IReadOnlyList<Session> Cards => _cards;

    public IReadOnlyList<Session> Lines => _lines;

    /// <summary>All of them, those included that have no place yet.</summary>
    public IEnumerable<Session> All => _cards.Concat(_lines).Concat(_arrived);

    public int LiveCount => All.Count(session => session.Ending is null);

    /// <summary>So many that one looks for the one that is meant.</summary>
    public bool IsLong { get; private set; }

    /// <summary>Something on it deserves a second look: the advice stands above the cards.</summary>
    public bool IsFlagged { get; private set; }

    /// <summary>From when on <see cref="Settle"/> has something to do; null if it has not.</summary>
    public DateTimeOffset? SettleAt => _arrived.Count > 0 || (IsLong, IsFlagged, IsSeveral) != Should
        ? DateTimeOffset.MinValue
        : All.Min(session => session.Ending?.At + EndedStays);

    private (bool Long, bool Flagged, bool Several) Should => (LiveCount > CardLimit, All.Any(IsNew), LiveCount > 1);

    /// <summary>There are others to end: the button for all of them is there.</summary>
    public bool IsSeveral { get; private set; }

    /// <param name="sessions">The live sessions, in order.</param>
    /// <param name="current">The one that looks.</param>
    public void Load(IReadOnlyList<Session> sessions, SessionId current)
    {
        _current = current;
        // What deserves a second look gets a card, up to what one can look at.
        var cards = Math.Clamp(1 + sessions.Count(IsNew), CardLimit, 2 * CardLimit);
        foreach (var place in new[] { _cards, _lines, _arrived })
            place.Clear();
        _cards.AddRange(sessions.Take(cards));
        _lines.AddRange(sessions.Skip(cards));
        Settle(DateTimeOffset.MinValue);
    }

    /// <summary>Puts what is known of a session now in its place; one that is not here goes to the end of the cards, unless it is over.</summary>
    public void Put(Session session)
    {
        // A card more would push the lines below it.
        if (!Change(session.Id, _ => session) && session.Ending is null)
            (_lines.Count > 0 ? _arrived : _cards).Add(session);
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

    /// <summary>Does what moves things: takes off what ended long enough ago, and decides anew about the filter and the place of the advice.</summary>
    public void Settle(DateTimeOffset now)
    {
        _cards.AddRange(_arrived);
        _arrived.Clear();
        _cards.RemoveAll(HasGone);
        _lines.RemoveAll(HasGone);
        (IsLong, IsFlagged, IsSeveral) = Should;

        bool HasGone(Session session) => session.Ending is { } ending && ending.At + EndedStays <= now;
    }

    private bool IsNew(Session session) => session is { IsFlagged: true, Ending: null } && session.Id != _current;

    private bool Change(SessionId id, Func<Session, Session> change)
    {
        foreach (var sessions in new[] { _cards, _lines, _arrived })
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
