using System.Net;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using static Accounts.Tests.Fixtures.ViewedSite;

namespace Accounts.Tests.Web.SupportConsole;

/// <summary>
/// A hostile member of staff sends, as a view, whatever a page of the account can send: every form, every method and every event. Nothing of the
/// account changes. As controls, the owner sends the same, and the account does change.
/// </summary>
public sealed class ReadOnlyTests
{
    /// <summary>The owner's pages that have parts with a circuit.</summary>
    public static TheoryData<string> Pages =>
        ["/settings", "/settings/sessions?history", "/settings/security", "/settings/password", "/settings/audit"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task No_event_of_a_page_changes_anything(string path)
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        // Sessions to end, enough for the tools that select them. One is in question.
        await site.StartSessionsAsync(Ada, 14, Visitor.Phone);
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, Ada);
        await site.Get<SessionActivity>().FlushAsync();
        using var rows = site.Rows();
        var before = Account(rows, site);
        var taken = await SendEverythingAsync(() => site.OpenAsync(staff, path));
        Assert.True(taken > 0, $"The page {path} takes no events.");
        await site.Get<SessionActivity>().FlushAsync();
        Assert.Equal(before, Account(rows, site));
        Assert.True(await owner.IsSignedInAsync());
    }

    // The control: the same events, sent by the owner, end the sessions.
    [Fact]
    public async Task The_owners_events_do()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        await site.StartSessionsAsync(Ada, 14, Visitor.Phone);
        using var rows = site.Rows();
        await SendEverythingAsync(() => site.OpenAsync(owner));
        Assert.NotEqual(0, rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NOT NULL"));
    }

    [Fact]
    public async Task No_form_and_no_method_changes_anything()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        var target = (await site.FindSessionAsync(other)).Id;
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, Ada);
        string[] pages =
        [
            "/settings", "/settings/sessions", "/settings/security", "/settings/password", "/settings/audit", "/settings/sessions/end?all=true",
            $"/settings/sessions/end?id={target}", "/settings/sessions/end?remote=true",
            "/settings/account/delete", "/settings/security/two-factor", "/settings/security/passkeys/add",
        ];
        // The owner's forms, with what they post.
        List<(string Path, Dictionary<string, string> Fields)> forms = [];
        foreach (var path in pages)
        {
            var page = new HtmlParser().ParseDocument(await owner.ReadAsync(path));
            foreach (var form in page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>())
            {
                var action = form.GetAttribute("action") is { Length: > 0 } named ? "/" + named.TrimStart('/') : path;
                var fields = form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>()
                    .GroupBy(field => field.Name!, StringComparer.Ordinal)
                    .ToDictionary(field => field.Key, field => Value(field.Last()), StringComparer.Ordinal);
                forms.Add((action, fields));
            }
        }

        // These pages have a form while two-factor is on only.
        foreach (var (path, handler) in new[] { ("two-factor/off", "turn-off"), ("recovery-codes", "replace-codes") })
            forms.Add(($"/settings/security/{path}", new(StringComparer.Ordinal) { ["_handler"] = handler }));

        Assert.Contains(forms, form => form.Path is "/settings/password" && form.Fields.ContainsKey("Input.NewPassword"));
        Assert.Contains(forms, form => form.Path.StartsWith("/settings/sessions/end", StringComparison.Ordinal));
        Assert.Contains(forms, form => form.Path is "/settings/theme");
        forms.Single(form => form.Path is "/settings/account/delete").Fields["Email"] = Ada;
        var token = (await staff.FillAccountMenuAsync())["__RequestVerificationToken"];
        await site.Get<SessionActivity>().FlushAsync();
        using var rows = site.Rows();
        var before = Account(rows, site);

        var cookie = staff.SessionCookie;
        foreach (var (path, fields) in forms.Where(form => form.Path is not "/sign-out"))
        {
            fields["__RequestVerificationToken"] = token;
            using var answer = await staff.PostAsync(path, fields);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest, $"POST {path} answers {answer.StatusCode}.");
            Assert.Equal(cookie, staff.SessionCookie);
            Assert.False(staff.Cookies.ContainsKey("accounts-theme"));
        }

        // Whatever else takes a method, with the token of the view and no other field. The button of the view itself is left out, and so is what
        // signs somebody in.
        string[] others = ["/sign-out", "/support/view/end", "/sign-in", "/sign-in/passkey/options", "/register"];
        foreach (var path in Posted(site).Except(others, StringComparer.Ordinal))
        {
            using var answer = await staff.PostAsync(path, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["__RequestVerificationToken"] = token,
                ["password"] = AccountsSite.Password,
                ["_handler"] = "end",
            });
            Assert.True((int)answer.StatusCode is >= 300 and < 500 || path.StartsWith("/_blazor", StringComparison.Ordinal)
                || path.StartsWith("/health", StringComparison.Ordinal), $"POST {path} answers {answer.StatusCode}.");
        }

        // Files leave no account in a view.
        string[] files = ["/settings/sessions/history.csv", "/settings/audit/export.csv", "/settings/audit/export.jsonl", "/settings/account/data"];
        foreach (var path in files)
        {
            using var refused = await staff.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        await site.Get<SessionActivity>().FlushAsync();
        Assert.Equal(before, Account(rows, site));
        Assert.True(await staff.IsSignedInAsync());

        // The controls: the owner gets the files, and the owner's own form ends the other session.
        foreach (var path in files)
        {
            using var given = await owner.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        }

        var end = forms.First(form => form.Path.EndsWith($"id={target}", StringComparison.Ordinal));
        end.Fields["__RequestVerificationToken"] = (await owner.FillAccountMenuAsync())["__RequestVerificationToken"];
        using var ended = await owner.PostAsync(end.Path, end.Fields);
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.False(await other.IsSignedInAsync());

        static string Value(IHtmlInputElement field) => field.Type switch
        {
            "password" => field.Name is "Input.NewPassword" ? "another good passphrase" : AccountsSite.Password,
            "radio" => "dark",
            _ => field.Value,
        };
    }

    // Guard: CircuitOwners, by the session of each circuit.
    [Fact]
    public async Task The_view_and_the_session_in_which_it_began_never_share_a_circuit()
    {
        await using var site = await StartAsync();
        using var staff = await site.SignInAsync(Sam);
        await using var own = await site.OpenAsync(staff, "/settings");
        await site.ViewAsync(staff, Ada);
        await using var view = await site.OpenAsync(staff, "/settings");

        // The pages of the session in which it began leave, once the view is used. A client that doesn't obey is cut off.
        await own.Closed.WaitAsync(Patience.Limit);
        await using var thief = await RawCircuit.ConnectAsync(site.Address, staff.CookieHeader);
        Assert.False(await thief.ConnectCircuitAsync(own.Secret));
        // Control: the view's own circuit can be taken over by the view.
        await using var again = await RawCircuit.ConnectAsync(site.Address, staff.CookieHeader);
        Assert.True(await again.ConnectCircuitAsync(view.Secret));
    }

    // Guard: Actor in OpenPages.
    [Fact]
    public async Task A_view_takes_no_place_among_the_owners_open_pages()
    {
        await using var site = AccountsSite.Start(settings: [("OpenPages:PerUser", "1"), ("OpenPages:PerSession", "1")]);
        await site.RegisterStaffAsync();
        using var owner = await site.SignInAsync(Ada);
        using var staff = await site.SignInAsync(Sam);
        await site.ViewAsync(staff, Ada);
        await using var view = await site.OpenAsync(staff, "/settings");
        await using var own = await site.OpenAsync(owner, "/settings");
        // Control: the owner's second page is one too many.
        await Assert.ThrowsAnyAsync<Exception>(() => site.OpenAsync(owner, "/settings"));
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterStaffAsync();
        return site;
    }

    /// <summary>
    /// Sends every event that the page takes, and those of what appears meanwhile, such as dialogs and menus. An event that breaks the circuit,
    /// because a script's answer is missing, is left out when the page is opened again.
    /// </summary>
    /// <returns>How many events the page took.</returns>
    private static async Task<int> SendEverythingAsync(Func<Task<RawCircuit>> openAsync)
    {
        HashSet<(string, string)> breaking = [];
        var taken = 0;
        while (true)
        {
            await using var page = await openAsync();
            var (count, broke) = await SendAsync(page, breaking);
            taken += count;
            if (broke is null || !breaking.Add(broke.Value))
                return taken;
        }
    }

    private static async Task<(int Taken, (string, string)? Broke)> SendAsync(RawCircuit page, HashSet<(string, string)> breaking)
    {
        HashSet<ulong> sent = [];
        var taken = 0;
        for (var round = 0; round < 12; round++)
        {
            // The last ones first: what confirms comes after what cancels. What closes a dialog from outside has no name.
            var left = page.Page.Handlers()
                .Where(one => !breaking.Contains((one.Event, one.Name)) && !sent.Contains(one.Handler))
                .Reverse().OrderBy(one => one.Name.Length == 0).ToList();
            if (left.Count == 0)
                break;
            foreach (var (name, handler, label) in left)
            {
                sent.Add(handler);
                switch (await page.TrySendEventAsync(name, handler, "14"))
                {
                    case ClickOutcome.Done:
                        taken++;
                        break;
                    // The session has ended, and the page with it.
                    case ClickOutcome.Refused:
                        return (taken, null);
                    case ClickOutcome.Broken or ClickOutcome.Closed:
                        return (taken, (name, label));
                }
            }
        }

        return (taken, null);
    }

    /// <summary>Everything that the database has, without the session of the member of staff in which the view began.</summary>
    private static string Account(DatabaseRows rows, AccountsSite site)
    {
        var staff = site.FindUser(Sam);
        var own = rows.Query("SELECT \"Id\" FROM \"Sessions\" WHERE \"UserId\" = @user", ("@user", staff.Value))
            .Select(row => $"Sessions: Id={row["Id"]},").ToList();
        return string.Join('\n', rows.Everything().Split('\n').Where(row => !own.Exists(id => row.StartsWith(id, StringComparison.Ordinal))));
    }

    private static IEnumerable<string> Posted(AccountsSite site) => site.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
            && (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is not { HttpMethods: { Count: > 0 } methods }
                || methods.Contains("POST", StringComparer.Ordinal)))
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
        .Where(path => !path.Contains('{', StringComparison.Ordinal))
        .Distinct(StringComparer.Ordinal);
}
