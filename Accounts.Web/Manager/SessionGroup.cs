using Accounts.Core.Sessions;

namespace Accounts.Web.Manager;

/// <summary>Cards under one heading: sessions on the same kind of device, or sessions that the user gave the same name.</summary>
/// <param name="Title">The heading; null if there are too few cards to need one.</param>
/// <param name="Icon">One of <see cref="Look.Icon"/>.</param>
/// <param name="Sessions">The group's cards, in the board's order.</param>
internal sealed record SessionGroup(string? Title, string Icon, IReadOnlyList<Session> Sessions);
