using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Geolocation;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.Manager;

/// <summary>Which sessions the viewer wants to see. The page's address holds the filter, so a reload or a bookmark shows the same.</summary>
public sealed record SessionFilter
{
    /// <summary>The kind "new": sessions from a new browser or a new country.</summary>
    public const string New = "new";

    private const int TextLimit = 100;

    /// <summary>The key of a <see cref="DeviceKind"/>, "new", or "" for all.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Part of a name, a browser, a place or an address; "" for any.</summary>
    public string Text { get; init; } = "";

    public bool IsSet => Kind.Length > 0 || Text.Length > 0;

    /// <summary>Reads the filter from an address and ignores invalid values.</summary>
    /// <param name="address">The page's address.</param>
    public static SessionFilter Of(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        var kind = query.GetValueOrDefault("kind").ToString();
        return new SessionFilter
        {
            Kind = kind is New || DeviceKind.All.Any(known => string.Equals(known.Key, kind, StringComparison.Ordinal)) ? kind : "",
            Text = TypedText.Cut(TypedText.Clean(query.GetValueOrDefault("q").ToString()), TextLimit),
        };
    }

    /// <param name="session">The session.</param>
    /// <param name="country">The name of the session's country in the viewer's language; "" if unknown.</param>
    public bool Wants(Session session, string country) => IsOfKind(session) && (Text.Length == 0 || new[]
    {
        TypedText.Clean(session.Name), SessionText.Browser(session.Device), SessionText.Kind(session.Device), session.Device.Platform ?? "",
        Where.Name(session.Place), country, session.Address,
    }.Any(text => text.Contains(Text, StringComparison.OrdinalIgnoreCase)));

    private bool IsOfKind(Session session) => Kind switch
    {
        "" => true,
        New => session.IsFlagged,
        _ => string.Equals(DeviceKind.Of(session.Device.Type).Key, Kind, StringComparison.Ordinal),
    };
}
