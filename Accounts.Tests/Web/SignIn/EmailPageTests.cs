using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Accounts.Core.Mail;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.SignIn;

/// <summary>The pages that send links and that links open, over plain HTTP, with a real mail server behind.</summary>
public sealed partial class EmailPageTests
{
    private const string Ada = "ada@example.test";
    private const string Nobody = "nobody@example.test";
    private const string New = "correct horse battery stapler";

    // Guards: EmailRequests looks nothing up, and no password is hashed.
    [EachEngineTheory]
    [InlineData("/sign-in/link")]
    [InlineData("/sign-in/reset")]
    [InlineData("/register")]
    public async Task Known_and_unknown_addresses_get_the_same_answer(string path)
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        using var meters = new Meters(site.Get<IMeterFactory>());
        var hashes = Hashes(meters);
        List<string> answers = [];
        foreach (var email in new[] { Ada, Nobody })
        {
            using var visitor = site.Visit();
            using var answer = await visitor.SubmitAsync(path, ("Input.Email", email), ("Input.Name", "Ada Lovelace"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var headers = answer.Headers.Concat(answer.Content.Headers)
                .Where(header => header.Key is not ("Date" or "Content-Length" or "Set-Cookie"))
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
            var body = await answer.Content.ReadAsStringAsync();
            Assert.Contains("Check your email", body, StringComparison.Ordinal);
            answers.Add(string.Join('\n', headers) + body.Replace(email, "EMAIL", StringComparison.Ordinal));
        }

        Assert.Equal(Plain(answers[0]), Plain(answers[1]));
        Assert.Equal(hashes, Hashes(meters));
        // Positive control: the known one got an email. For a registration, both did, and they differ only for their readers.
        await mail.NextAsync(Ada);
        if (path is "/register")
            await mail.NextAsync(Nobody);
        else
            Assert.DoesNotContain(await mail.ReceivedAsync(), one => string.Equals(one.To, Nobody, StringComparison.Ordinal));
        Assert.Equal(1, site.Rows().Number("SELECT count(*) FROM \"Users\""));

        // What is new in every page: the form's token, the server's time, and what the browser's part starts with.
        static string Plain(string page) => Fresh().Replace(page, "");
    }

    [EachEngineFact]
    public async Task Wrong_credentials_cost_one_hash_whether_or_not_the_address_has_an_account()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var meters = new Meters(site.Get<IMeterFactory>());
        List<long> costs = [];
        foreach (var email in new[] { Ada, Nobody })
        {
            var before = Hashes(meters);
            using var visitor = site.Visit();
            using var answer = await visitor.SignInAsync(email, "not this passphrase");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            costs.Add(Hashes(meters) - before);
        }

        Assert.Equal([1, 1], costs);
    }

    [EachEngineFact]
    public async Task Reading_a_link_starts_nothing_and_only_a_form_of_this_site_uses_it()
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: mail.Settings);
        await site.RegisterAsync(Ada);
        using (var asks = site.Visit())
        using (await asks.SubmitAsync("/sign-in/link", ("Input.Email", Ada)))
        {
        }

        var link = (await mail.NextAsync(Ada)).Link.PathAndQuery;
        using var visitor = site.Visit();
        for (var i = 0; i < 3; i++)
        {
            using var read = await visitor.GetAsync(link);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            Assert.True(read.Headers.CacheControl!.NoStore);
            Assert.False(visitor.Cookies.ContainsKey(Visitor.SessionCookieName));
        }

        // Without the form's token, and from another site.
        var form = await visitor.FillAsync(link);
        using (var bare = await visitor.PostAsync(link, new Dictionary<string, string>(StringComparer.Ordinal) { ["_handler"] = "link" }))
            Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        visitor.Headers["Origin"] = "https://evil.example";
        visitor.Headers["Sec-Fetch-Site"] = "cross-site";
        using (var foreign = await visitor.PostAsync(link, form))
            Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(0, site.Rows().Number("SELECT count(*) FROM \"Sessions\""));

        visitor.Headers.Remove("Origin");
        visitor.Headers["Sec-Fetch-Site"] = "same-origin";
        using var used = await visitor.PostAsync(link, form);
        Assert.Equal(HttpStatusCode.Redirect, used.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        using var again = site.Visit();
        Assert.Contains("This link no longer works", await again.ReadAsync(link), StringComparison.Ordinal);
        Assert.Contains("This link no longer works", await again.ReadAsync("/sign-in/link?token=nonsense"), StringComparison.Ordinal);
    }

    [EachEngineTheory]
    [InlineData("/sign-in/link", "Input.Remember", "true")]
    [InlineData("/sign-in/reset", "Input.NewPassword", New)]
    public async Task Of_twenty_forms_at_once_one_counts(string path, string field, string value)
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var site = AccountsSite.Start(settings: [.. mail.Settings, ("PasswordHashing:WaitingPerHash", "100")]);
        await site.RegisterAsync(Ada);
        using (var asks = site.Visit())
        using (await asks.SubmitAsync(path, ("Input.Email", Ada)))
        {
        }

        var link = (await mail.NextAsync(Ada)).Link.PathAndQuery;
        var visitors = Enumerable.Range(0, 20).Select(_ => site.Visit()).ToList();
        var forms = await Task.WhenAll(visitors.Select(async visitor => (visitor, await visitor.FillAsync(link, (field, value)))));
        var answers = await Task.WhenAll(forms.Select(async one =>
        {
            using var answer = await one.visitor.PostAsync(link, one.Item2);
            return answer.StatusCode is HttpStatusCode.Redirect ? "signed in" : await answer.Content.ReadAsStringAsync();
        }));
        Assert.Single(answers, answer => answer is "signed in" || answer.Contains("Password changed", StringComparison.Ordinal));
        Assert.Equal(19, answers.Count(answer => answer.Contains("This link no longer works", StringComparison.Ordinal)));
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [EachEngineFact]
    public async Task A_mail_server_that_is_down_holds_nothing_up_and_gets_the_emails_later()
    {
        var clock = new ShiftedClock();
        await using var mail = await SmtpServer.StartAsync();
        await mail.StopAsync();
        await using var site = AccountsSite.Start(clock, settings: mail.Settings);
        await site.RegisterAsync(Ada);
        using var first = await site.SignInAsync(Ada);
        using var second = await site.SignInAsync(Ada, Visitor.Phone);
        using (var asks = site.Visit())
        using (var answer = await asks.SubmitAsync("/sign-in/link", ("Input.Email", Ada)))
            Assert.Contains("Check your email", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Patience.Until(() => site.Get<MailHealth>().Problem is not null);
        Assert.Contains("127.0.0.1", site.Get<MailHealth>().Problem!.Why, StringComparison.Ordinal);
        Assert.True(await second.IsSignedInAsync());

        await mail.StartAgainAsync();
        clock.PutForward(TimeSpan.FromMinutes(1));
        site.Get<Outbox>().Wake();
        List<string> subjects = [(await mail.NextAsync(Ada)).Subject, (await mail.NextAsync(Ada)).Subject];
        Assert.Contains("Your sign-in link", subjects, StringComparer.Ordinal);
        Patience.Until(() => site.Get<MailHealth>().Problem is null);
    }

    [Theory]
    [InlineData("/sign-in/link")]
    [InlineData("/sign-in/reset")]
    [InlineData("/sign-in/restore?token=x")]
    public async Task Without_email_there_are_no_such_pages_and_nothing_leads_to_them(string path)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = site.Visit();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Page not found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var page in new[] { "/sign-in", "/help/access", "/register" })
            Assert.DoesNotContain($"href=\"{path.Split('?')[0][1..]}", await visitor.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("Password", await visitor.ReadAsync("/register"), StringComparison.Ordinal);
        using var ada = await site.SignInAsync(Ada);
        Assert.DoesNotContain("settings/account/email", await ada.ReadAsync("/settings"), StringComparison.Ordinal);

        // Positive control.
        await using var mail = await SmtpServer.StartAsync();
        await using var other = AccountsSite.Start(settings: mail.Settings);
        using var there = other.Visit();
        Assert.Contains("sign-in/link", await there.ReadAsync("/sign-in"), StringComparison.Ordinal);
        await there.ReadAsync(path);
    }

    private static long Hashes(Meters meters) =>
        meters.Read("accounts.password_hashing.completed known") + meters.Read("accounts.password_hashing.completed stranger");

    [GeneratedRegex(
        "<!--.*?-->|name=\"__RequestVerificationToken\" value=\"[^\"]*\"|name=\"server-time\" content=\"[^\"]*\"", RegexOptions.Singleline, 1000)]
    private static partial Regex Fresh();
}
