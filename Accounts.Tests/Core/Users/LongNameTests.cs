using Accounts.Core.Manager;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Users;

/// <summary>A name's limit counts characters as a reader does, and the database has room for them.</summary>
public sealed class LongNameTests
{
    private const string Flag = "🏳️‍🌈";

    // Guards: MustFit, and the columns' lengths in M0012_NameLengths.
    [EachEngineFact]
    public async Task A_name_of_a_hundred_emoji_is_accepted_and_one_more_is_too_long()
    {
        await using var host = CoreHost.Start();
        var name = string.Concat(Enumerable.Repeat(Flag, 100));
        var id = await host.RegisterAsync(name: name);
        Assert.Equal(name, host.Rows.Text("SELECT \"DisplayName\" FROM \"Users\" WHERE \"Id\" = @id", ("@id", id.Value)));

        var input = new RegisterInput { Name = name + Flag, Email = "eve@example.test", Password = CoreHost.Password };
        var invalid = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), input));
        Assert.Equal([new InputError("Name", InputProblem.TooLong, 100)], invalid.Errors);
    }

    [EachEngineFact]
    public async Task A_session_is_renamed_to_sixty_emoji_and_the_audit_log_keeps_them()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var name = string.Concat(Enumerable.Repeat(Flag, 60));

        var renamed = await host.Sessions.RenameAsync(owner.Caller, owner.Id, new RenameSessionInput { Name = $"\u202E {name}\u200B" });
        Assert.Equal(name, Assert.IsType<RenameOutcome.Renamed>(renamed).Name);
        Assert.Equal(name, Assert.Single(host.Rows.Audit("session.renamed"))["SessionName"]);
        Assert.IsType<RenameOutcome.Invalid>(
            await host.Sessions.RenameAsync(owner.Caller, owner.Id, new RenameSessionInput { Name = name + Flag }));

        // The trigger that the migration replaces still refuses a change.
        Assert.ThrowsAny<System.Data.Common.DbException>(() => host.Rows.Execute("UPDATE \"AuditDetails\" SET \"SessionName\" = 'another'"));
    }

    // Guard: TypedText.Isolate in Session.Title.
    [EachEngineFact]
    public async Task The_title_of_a_session_is_isolated()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        host.Rows.Execute("UPDATE \"Sessions\" SET \"Name\" = 'מחשב\u202E'");
        Assert.Equal("\u2068מחשב\u2069", Assert.Single(await host.Sessions.ListAsync(owner.Caller)).Title);
    }

    // Guard: TypedText.Clean in the queries and in what they search.
    [EachEngineFact]
    public async Task A_search_finds_a_name_in_any_spelling()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await host.Sessions.RenameAsync(owner.Caller, owner.Id, new RenameSessionInput { Name = "B\u00FCro" });

        foreach (var stored in new[] { "B\u00FCro", "Bu\u0308ro" })
        {
            host.Rows.Execute("UPDATE \"Sessions\" SET \"Name\" = @name", ("@name", stored));
            foreach (var typed in new[] { "b\u00FCro", "bu\u0308ro", "\u200Bb\u00FCro" })
            {
                Assert.Single(await host.History.AllAsync(owner.Caller, new() { Text = typed }));
                Assert.Single(await host.History.AllAsync(owner.Caller, new() { Device = typed }));
                Assert.NotEmpty((await host.EventsAsync(owner.Caller, new() { Text = typed }))!);
            }
        }

        Assert.Empty(await host.History.AllAsync(owner.Caller, new() { Text = "buro" }));
    }
}
