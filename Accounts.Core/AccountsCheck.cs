using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Core;

/// <summary>What a check of the settings and the files found.</summary>
/// <param name="Places">The geolocation database; null if it can't be used.</param>
/// <param name="Database">The database; null if it can't be used.</param>
/// <param name="Accounts">How many accounts there are; null if nobody could count them.</param>
/// <param name="LiveSessions">How many sessions are live; null if nobody could count them.</param>
/// <param name="Problems">What keeps the program from starting or from working, each with what to do. Empty if all is well.</param>
public sealed record AccountsCheck(
    PlaceSource? Places, DatabaseState? Database, long? Accounts, long? LiveSessions, IReadOnlyList<string> Problems);
