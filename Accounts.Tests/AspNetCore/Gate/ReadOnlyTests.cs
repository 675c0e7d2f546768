using System.Net;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>A read-only caller that asks for a change anyway gets a page that says so, and nothing happens.</summary>
public sealed class ReadOnlyTests
{
    private const string Ada = "ada@example.test";

    // Guard: CallerRefusedException in ProblemPage.StatusOf.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_support_view_can_not_sign_its_user_out(bool view)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var rows = site.Rows();
        // No request has shown the cookie yet, so memory doesn't know the session.
        if (view)
            rows.Execute("UPDATE \"Sessions\" SET \"Kind\" = 3, \"ActorUserId\" = @staff", ("@staff", Guid.NewGuid()));

        using var answer = await visitor.SignOutAsync();

        Assert.Equal(view ? HttpStatusCode.Forbidden : HttpStatusCode.Found, answer.StatusCode);
        if (view)
            Assert.Contains("You can&#x27;t do this here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(view ? 1 : 0, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL"));
        Assert.Equal(view ? 0 : 1, rows.Audit("user.signed_out").Count);
    }
}
