using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>Administrators list users, page by page.</summary>
public sealed class UserDirectoryTests
{
    private const string Root = "root@example.test";

    private static readonly (string Key, string Value)[] Plans =
        [("Features:Plans:Free:0", "AuditLog"), ("Features:Plans:Pro:0", "AuditLog"), ("Features:Plans:Pro:1", "RemoteLogout"),
            ("Features:DefaultPlan", "Free")];

    [EachEngineFact]
    public async Task Every_order_is_paged_both_ways()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await AddAsync(host, 60);
        foreach (var sort in Enum.GetValues<UserSort>())
        {
            foreach (var descending in new[] { false, true })
            {
                var query = new UserQuery { Sort = sort, Descending = descending };
                var pages = await ReadAllAsync(host, root, query);
                Assert.Equal([25, 25, 11], pages.Select(page => page.Users.Count));
                var all = pages.SelectMany(page => page.Users).ToList();
                Assert.Equal(61, all.Select(user => user.Id).Distinct().Count());
                Assert.All(pages, page => Assert.Equal((61, false), (page.Total, page.IsLost)));
                var keys = all.ConvertAll(user => sort switch
                {
                    UserSort.Name => user.Name.ToLowerInvariant(),
                    UserSort.Email => user.Email!.ToUpperInvariant(),
                    _ => user.Id.ToString(),
                });
                var sorted = keys.Order(StringComparer.Ordinal);
                Assert.Equal(descending ? sorted.Reverse() : sorted, keys, StringComparer.Ordinal);

                // Back to the same pages.
                var second = await PageAsync(host, root, query with { At = pages[2].Previous });
                Assert.Equal(Ids(pages[1]), Ids(second));
                var first = await PageAsync(host, root, query with { At = second.Previous });
                Assert.Equal(Ids(pages[0]), Ids(first));
                Assert.Null(first.Previous);
                Assert.Null(pages[0].Previous);
                Assert.Null(pages[2].Next);
                Assert.Equal(pages[0].Next, first.Next);
            }
        }
    }

    // Guard: the keyset in UserRange. With OFFSET, a user would be shown twice or not at all.
    [EachEngineFact]
    public async Task Accounts_that_come_and_go_between_two_pages_move_no_others()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await AddAsync(host, 60);
        var first = await PageAsync(host, root, new UserQuery());
        var next = await PageAsync(host, root, new UserQuery { At = first.Next });
        // One before, one in the middle of what is next, and one of the first page goes.
        await host.RegisterAsync("aaron@example.test", "Aaron First");
        await host.RegisterAsync("mid@example.test", $"{next.Users[3].Name} x");
        await DeleteAsync(host, first.Users[2].Id);

        var again = await PageAsync(host, root, new UserQuery { At = first.Next });
        // Several have the name that the new one begins with.
        var place = again.Users.ToList().FindIndex(user => user.Email is "mid@example.test");
        Assert.InRange(place, 4, 6);
        Assert.Equal(Ids(next).Take(24), Ids(again).Where((_, at) => at != place));
        var back = await PageAsync(host, root, new UserQuery { At = again.Previous });
        Assert.Equal(["aaron@example.test", .. first.Users.Where((_, at) => at != 2).Select(user => user.Email!)],
            back.Users.Select(user => user.Email!), StringComparer.Ordinal);
    }

    [EachEngineFact]
    public async Task A_place_that_is_gone_shows_the_first_page_and_says_so()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await AddAsync(host, 30);
        var first = await PageAsync(host, root, new UserQuery());
        var last = first.Users[^1];
        await DeleteAsync(host, last.Id);
        var lost = await PageAsync(host, root, new UserQuery { At = first.Next });
        Assert.True(lost.IsLost);
        Assert.Null(lost.Previous);
        Assert.Equal(Ids(first).SkipLast(1), Ids(lost).SkipLast(1));
        // So it does for somebody whom the search doesn't find. Control: with one whom it finds, it goes on.
        Assert.True((await PageAsync(host, root, new UserQuery { Search = "root", At = first.Next })).IsLost);
        var on = await PageAsync(host, root, new UserQuery { At = UserCursor.After(lost.Users[^1].Id.Value) });
        Assert.False(on.IsLost);
    }

    [EachEngineFact]
    public async Task The_last_user_of_a_page_may_be_the_last_of_all()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await AddAsync(host, 25);
        var first = await PageAsync(host, root, new UserQuery());
        var second = await PageAsync(host, root, new UserQuery { At = first.Next });
        Assert.Equal((25, 1), (first.Users.Count, second.Users.Count));
        await DeleteAsync(host, second.Users[0].Id);
        // Nobody is left on the second page.
        var left = await PageAsync(host, root, new UserQuery { At = first.Next });
        Assert.Equal((25, true, null, null), (left.Users.Count, left.IsLost, left.Previous, left.Next));
        // Nothing is before the first one either.
        var before = await PageAsync(host, root, new UserQuery { At = UserCursor.Before(first.Users[0].Id.Value) });
        Assert.Equal((Ids(first).Count, false), (before.Users.Count, before.IsLost));
    }

    [EachEngineFact]
    public async Task Accounts_without_an_email_come_last_by_email()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await AddAsync(host, 20);
        for (var i = 0; i < 20; i++)
            await AddExternalAsync(host, $"ext{i}", $"Extern {i:00}");
        foreach (var descending in new[] { false, true })
        {
            var pages = await ReadAllAsync(host, root, new UserQuery { Sort = UserSort.Email, Descending = descending });
            var all = pages.SelectMany(page => page.Users).ToList();
            Assert.Equal(41, all.Select(user => user.Id).Distinct().Count());
            Assert.Equal(21, all.FindIndex(user => user.Email is null));
            Assert.Equal(20, all.Count(user => user.Email is null));
            var back = await PageAsync(host, root, new UserQuery { Sort = UserSort.Email, Descending = descending, At = pages[1].Previous });
            Assert.Equal(Ids(pages[0]), Ids(back));
        }
    }

    [EachEngineFact]
    public async Task A_search_finds_by_the_beginning_of_names_and_emails_and_by_id()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        var ada = await host.RegisterAsync();
        var love = await host.RegisterAsync("zz@example.test", "Lovelace Byron");
        var kim = await host.RegisterAsync("lovel.kim@example.test", "Kim");
        var muller = await host.RegisterAsync("jm@example.test", "Jürgen Müller");
        foreach (var (typed, found) in new (string, UserId[])[]
        {
            ("lovel", [love, ada, kim]), ("LOVELACE B", [love]), ("ada@example.test", [ada]), ("ADA@Exam", [ada]), ("lovel.", [kim]),
            ("muller", [muller]), ("müll", [muller]), ("jurgen m", [muller]), (ada.ToString(), [ada]), (ada.ToString().ToUpperInvariant(), [ada]),
            ("uller", []), ("%", []), ("_da", []), ("@example.test", []), (Guid.NewGuid().ToString(), []), ("\u0301", []),
        })
        {
            var page = await PageAsync(host, root, new UserQuery { Search = typed });
            Assert.Equal((typed, string.Join(' ', found)), (typed, string.Join(' ', page.Users.Select(user => user.Id))));
        }
    }

    // Guard: Others in UserRange, which leaves out whom a range before has.
    [EachEngineFact]
    public async Task A_search_is_paged_over_first_words_last_words_and_emails_without_repeating_anybody()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        for (var i = 0; i < 20; i++)
        {
            // By all three keys, by the last word and the email, and by the email only.
            await host.RegisterAsync($"adam{i:00}@example.test", $"Adam{i:00} Adams{i:00}");
            await host.RegisterAsync($"adamina{i:00}@example.test", $"Bo Adams{i:00}");
            await host.RegisterAsync($"adamo{i:00}@example.test", $"Carl{i:00}");
            await host.RegisterAsync($"nobody{i:00}@example.test", $"Dora{i:00}");
        }

        var query = new UserQuery { Search = "Adam" };
        var pages = await ReadAllAsync(host, root, query);
        Assert.Equal([25, 25, 10], pages.Select(page => page.Users.Count));
        var names = pages.SelectMany(page => page.Users).Select(user => user.Name).ToList();
        Assert.Equal(60, names.Count);
        Assert.All(names[..20], name => Assert.StartsWith("Adam", name, StringComparison.Ordinal));
        Assert.All(names[20..40], name => Assert.StartsWith("Bo", name, StringComparison.Ordinal));
        Assert.All(names[40..], name => Assert.StartsWith("Carl", name, StringComparison.Ordinal));
        Assert.Equal(60, pages.SelectMany(Ids).Distinct().Count());
        var second = await PageAsync(host, root, query with { At = pages[2].Previous });
        Assert.Equal(Ids(pages[1]), Ids(second));
        Assert.Equal(Ids(pages[0]), Ids(await PageAsync(host, root, query with { At = second.Previous })));
    }

    [EachEngineFact]
    public async Task Filters_choose_by_role_plan_and_status_and_by_all_at_once()
    {
        await using var host = CoreHost.Start(settings: Plans);
        var root = await SignInRootAsync(host);
        await AddAsync(host, 8);
        await host.Get<RoleGrants>().GrantAsync(Email(1), Roles.Support);
        await SetAsync(host, "\"Plan\" = 'Pro'", 1, 2, 3);
        await SetAsync(host, "\"Plan\" = 'Gone'", 4);
        await SetAsync(host, "\"DisabledAt\" = 1", 2, 5);
        await SetAsync(host, "\"DeletionDueAt\" = 1", 2, 6);
        foreach (var (query, found) in new (UserQuery, string)[]
        {
            (new() { Role = UserRoleFilter.None }, "0 2 3 4 5 6 7"),
            (new() { Role = UserRoleFilter.Support }, "1"),
            (new() { Role = UserRoleFilter.Administrator }, "root"),
            (new() { Plan = "Pro" }, "1 2 3"),
            (new() { Plan = "pro" }, "1 2 3"),
            (new() { Plan = "Free" }, "0 4 5 6 7 root"),
            (new() { Plan = "Gone" }, ""),
            (new() { Status = UserStatus.Open }, "0 1 3 4 7 root"),
            (new() { Status = UserStatus.Disabled }, "2 5"),
            (new() { Status = UserStatus.ToBeDeleted }, "2 6"),
            (new() { Status = UserStatus.Disabled, Plan = "Pro", Role = UserRoleFilter.None }, "2"),
            (new() { Status = UserStatus.Open, Plan = "Pro", Role = UserRoleFilter.Support }, "1"),
            (new() { Search = "user", Plan = "Pro", Status = UserStatus.Open }, "1 3"),
            (new() { Search = "user", Role = UserRoleFilter.Administrator }, ""),
        })
        {
            foreach (var sort in Enum.GetValues<UserSort>())
            {
                foreach (var descending in new[] { false, true })
                {
                    var page = await PageAsync(host, root, query with { Sort = sort, Descending = descending });
                    var emails = page.Users.Select(user => user.Email!.Replace("user0", "", StringComparison.Ordinal).Split('@')[0]);
                    Assert.Equal((query, found), (query, string.Join(' ', emails.Order(StringComparer.Ordinal))));
                }
            }
        }
    }

    [EachEngineFact]
    public async Task Without_plans_a_plan_finds_nobody()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        Assert.Empty(host.Get<FeatureGate>().Plans);
        Assert.Empty((await PageAsync(host, root, new UserQuery { Plan = "Pro" })).Users);
        Assert.Null(Assert.Single((await PageAsync(host, root, new UserQuery())).Users).Plan);
    }

    [EachEngineFact]
    public async Task A_row_says_what_an_administrator_needs()
    {
        await using var host = CoreHost.Start(settings: Plans);
        var root = await SignInRootAsync(host);
        var ada = await host.RegisterAsync();
        var (first, _) = (await host.SignInAsync(), await host.SignInAsync());
        await PastSession.AddAsync(host.Database, new PastSession(ada, TestClock.Start.AddDays(-9)));
        await host.Get<RoleGrants>().GrantAsync(Root, Roles.Support);
        var view = await host.Get<SupportViews>().BeginAsync(root.Caller, ada, new ReasonInput { Reason = "Ticket 4711" });
        Assert.IsType<BeginViewOutcome.Began>(view);
        host.Rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'PRO', \"DisabledAt\" = 1000000, \"DeletionDueAt\" = 2000000 WHERE \"Email\" = @email",
            ("@email", CoreHost.Email));
        await host.Sessions.SignOutAsync(first.Caller);

        var users = (await PageAsync(host, root, new UserQuery())).Users;
        Assert.Equal(["Ada Lovelace", "Root Admin"], users.Select(user => user.Name), StringComparer.Ordinal);
        var row = users[0];
        Assert.Equal((ada, CoreHost.Email, "Pro", 1), (row.Id, row.Email, row.Plan, row.Sessions));
        Assert.Equal((TestClock.Start, TestClock.Start), (row.LastActivityAt, row.Since));
        Assert.Equal((DateTimeOffset.UnixEpoch.AddSeconds(1), DateTimeOffset.UnixEpoch.AddSeconds(2)), (row.DisabledAt, row.DeletionDueAt));
        Assert.Empty(row.Roles);
        Assert.Equal([Roles.Administrator, Roles.Support], users[1].Roles, StringComparer.Ordinal);
        Assert.Equal("Free", users[1].Plan);
        // The latest activity may be an ended session's.
        var old = await host.RegisterAsync("old@example.test", "Zed Old");
        var none = await host.RegisterAsync("new@example.test", "Zed New");
        await PastSession.AddAsync(host.Database,
            new PastSession(old, TestClock.Start.AddDays(-9)) { Length = TimeSpan.FromDays(5) }, new PastSession(old, TestClock.Start.AddDays(-8)));
        var zed = (await PageAsync(host, root, new UserQuery { Search = "zed" })).Users.ToDictionary(user => user.Id);
        Assert.Equal((0, TestClock.Start.AddDays(-4)), (zed[old].Sessions, zed[old].LastActivityAt));
        Assert.Equal((0, null), (zed[none].Sessions, zed[none].LastActivityAt));
    }

    [EachEngineFact]
    public async Task The_number_of_accounts_is_counted_once_a_minute()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        Assert.Equal(1, (await PageAsync(host, root, new UserQuery())).Total);
        await host.RegisterAsync();
        host.Clock.Advance(UserDirectory.CountLasts - TimeSpan.FromMicroseconds(1));
        Assert.Equal(1, (await PageAsync(host, root, new UserQuery())).Total);
        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(2, (await PageAsync(host, root, new UserQuery { Search = "nobody" })).Total);
    }

    [EachEngineFact]
    public async Task A_search_is_recorded_in_the_administrators_log_and_a_list_nowhere()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        await host.RegisterAsync();
        await host.RegisterAsync("byron@example.test", "Ada Byron");
        var before = host.Rows.Everything();
        await PageAsync(host, root, new UserQuery());
        await PageAsync(host, root, new UserQuery { Status = UserStatus.Open, Sort = UserSort.Email });
        Assert.Equal(before, host.Rows.Everything(), StringComparer.Ordinal);

        await PageAsync(host, root, new UserQuery { Search = "ada" });
        await PageAsync(host, root, new UserQuery { Search = "Charles Babbage" });
        var events = (await host.EventsAsync(root.Caller, new AuditQuery { Action = AuditAction.Searched }))!;
        Assert.Equal([0, 2], events.Select(one => one.Count).Order());
        Assert.Equal(2, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\" WHERE \"Action\" LIKE 'support.%'"));
        Assert.DoesNotContain("babbage", host.Rows.Everything(), StringComparison.OrdinalIgnoreCase);
    }

    // Guard: Need.LookAtAdministration.
    [EachEngineFact]
    public async Task Only_administrators_list_users()
    {
        await using var host = CoreHost.Start();
        var root = await SignInRootAsync(host);
        var account = await host.RegisterAsync();
        var ada = await host.SignInAsync();
        await host.RegisterAsync("sam@example.test", "Sam Keller");
        await host.Get<RoleGrants>().GrantAsync("sam@example.test", Roles.Support);
        var sam = await host.SignInAsync("sam@example.test");
        var view = new Caller(CallerKind.SupportView, account, account, ada.Id, Scopes.All, "");
        foreach (var (caller, refusal) in new[]
        {
            (ada.Caller, CallerRefusal.RoleMissing), (sam.Caller, CallerRefusal.RoleMissing), (view, CallerRefusal.ReadOnly),
        })
        {
            foreach (var query in new UserQuery[] { new(), new() { Search = "ada" } })
            {
                var before = host.Rows.Everything();
                var refused = await Assert.ThrowsAsync<CallerRefusedException>(() => host.Get<UserDirectory>().PageAsync(caller, query));
                Assert.Equal(refusal, refused.Refusal);
                Assert.Equal(before, host.Rows.Everything(), StringComparer.Ordinal);
            }
        }

        Assert.NotEmpty((await PageAsync(host, root, new UserQuery())).Users);
        await host.Sessions.SignOutAsync(root.Caller);
        Assert.Null(await host.Get<UserDirectory>().PageAsync(root.Caller, new UserQuery()));
        Assert.Null(await host.Get<UserDirectory>().PageAsync(root.Caller, new UserQuery { Search = "ada" }));
    }

    internal static async Task<SignedInBrowser> SignInRootAsync(CoreHost host)
    {
        await host.RegisterAsync(Root, "Root Admin");
        await host.Get<RoleGrants>().GrantAsync(Root, Roles.Administrator);
        return await host.SignInAsync(Root);
    }

    private static string Email(int number) => $"user{number:00}@example.test";

    /// <summary>Adds users without passwords, in another order than that of their names and emails. Several share a name.</summary>
    private static Task AddAsync(CoreHost host, int count) => host.Database.WriteAsync(WritePriority.Ordinary, db =>
    {
        db.Users.AddRange(Enumerable.Range(0, count).Select(i =>
            User.New(TestClock.Start.AddDays(-i), $"User {i * 7 % count / 3 * 3:00} Meyer", Email(i * 11 % count))));
        return Task.FromResult(true);
    });

    private static async Task AddExternalAsync(CoreHost host, string id, string name)
    {
        var proof = await host.Get<ProofDoor>().OpenAsync(new ExternalUser(id, name, null));
        Assert.NotNull(await host.Get<ProofDoor>().SignInAsync(CoreHost.NewBrowser(), proof, SignInMethods.Provider, remember: true));
    }

    private static Task SetAsync(CoreHost host, string what, params int[] users)
    {
        foreach (var user in users)
            Assert.Equal(1, host.Rows.Execute($"UPDATE \"Users\" SET {what} WHERE \"Email\" = @email", ("@email", Email(user))));
        return Task.CompletedTask;
    }

    private static Task DeleteAsync(CoreHost host, UserId user) => host.Database.WriteAsync(WritePriority.Ordinary, db =>
    {
        db.Users.Remove(db.Users.Single(u => u.Id == user.Value));
        return Task.FromResult(true);
    });

    private static async Task<UserPage> PageAsync(CoreHost host, SignedInBrowser root, UserQuery query) =>
        (await host.Get<UserDirectory>().PageAsync(root.Caller, query))!;

    private static async Task<List<UserPage>> ReadAllAsync(CoreHost host, SignedInBrowser root, UserQuery query)
    {
        List<UserPage> pages = [];
        do
            pages.Add(await PageAsync(host, root, query with { At = pages.LastOrDefault()?.Next }));
        while (pages[^1].Next is not null);
        return pages;
    }

    private static List<UserId> Ids(UserPage page) => [.. page.Users.Select(user => user.Id)];
}
