using Accounts.AspNetCore.Gate;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Tests.Core.Live;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>Every open page gets its user's new name and roles, however its circuit came to miss the change.</summary>
public sealed class PrincipalPushTests
{
    private const string Ada = "ada@example.test";

    // Guard: SessionCircuitHandler.OnConnectionUpAsync.
    [EachEngineFact]
    public async Task A_page_that_opens_while_its_user_changes_has_the_new_user()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var ada = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(ada);
        var page = new Uri(site.Address, "/settings/security");
        var markers = PageMarkers.Read(page, await ada.ReadAsync("/settings/security"));
        // The socket has the old user. There is no circuit to tell yet.
        await using var circuit = await RawCircuit.ConnectAsync(page, ada.CookieHeader);
        await PrincipalTests.PromoteAsync(site.Get<CommandRunner>(), session.UserId, "Ada King");
        Assert.Empty(site.Get<SessionCircuits>().Of(session.Id));

        await circuit.StartAsync(page, markers);

        await Patience.UntilAsync(async () => await IsPromotedAsync(site, session.Id));
    }

    // Guard: ReportProfileAsync announces the sessions that memory has forgotten.
    [EachEngineFact]
    public async Task An_idle_page_whose_session_memory_forgot_has_the_new_user()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var ada = await site.SignInAsync(Ada, remember: true);
        var session = await site.FindSessionAsync(ada);
        await using var circuit = await site.OpenAsync(ada, "/settings/security");
        await Patience.UntilAsync(() => Task.FromResult(site.Get<SessionCircuits>().Of(session.Id).Count == 1));
        Assert.False(await IsPromotedAsync(site, session.Id));
        clock.Advance(TimeSpan.FromMinutes(70));
        site.Get<SessionRegistry>().Prune();
        Assert.Null(site.Get<SessionRegistry>().Peek(session.Id));

        await PrincipalTests.PromoteAsync(site.Get<CommandRunner>(), session.UserId, "Ada King");

        await Patience.UntilAsync(async () => await IsPromotedAsync(site, session.Id));
    }

    private static async Task<bool> IsPromotedAsync(AccountsSite site, SessionId session)
    {
        if (site.Get<SessionCircuits>().Of(session) is not [var circuit])
            return false;
        var user = await circuit.FindUserAsync();
        return user.IsInRole(Roles.Support) && string.Equals(user.Identity?.Name, "Ada King", StringComparison.Ordinal);
    }
}
