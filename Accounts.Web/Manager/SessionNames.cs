using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Web.Sessions;

namespace Accounts.Web.Manager;

/// <summary>Names that tell sessions apart by ear: the title, and a number if another session has the same title.</summary>
/// <remarks>A name never changes while its session keeps its title. So a change to one session renders only its own card.</remarks>
public sealed class SessionNames
{
    private readonly Dictionary<SessionId, (string? Given, Device Device, string Name)> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>A session's name: "Chrome 156 on Windows 11", and for the next one "Chrome 156 on Windows 11, number 2".</summary>
    public string Of(Session session)
    {
        if (_names.TryGetValue(session.Id, out var known) && string.Equals(known.Given, session.Name, StringComparison.Ordinal)
            && known.Device == session.Device)
            return known.Name;

        var title = SessionText.Title(session);
        var number = _numbers[title] = _numbers.GetValueOrDefault(title) + 1;
        var name = number == 1 ? title : Texts.FormatSessions_Numbered(title, number);
        _names[session.Id] = (session.Name, session.Device, name);
        return name;
    }
}
