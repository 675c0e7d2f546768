using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>Cards that stand together under a heading: those of a kind of device, or those that the person has given the same name.</summary>
/// <param name="Title">The heading; null where there are so few cards that none is needed.</param>
/// <param name="Icon">One of <see cref="Look.Icon"/>.</param>
/// <param name="Sessions">Its cards, in the order of the board.</param>
internal sealed record SessionGroup(string? Title, string Icon, IReadOnlyList<Session> Sessions);
