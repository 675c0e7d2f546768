using System.Net;
using System.Text;
using System.Text.Json;
using Accounts.Tests.Fixtures;
using static Accounts.Tests.Web.Passkeys.PasskeySite;

namespace Accounts.Tests.Web.Passkeys;

/// <summary>The requests with which pages ask for passkeys and bring the answers.</summary>
public sealed class PasskeyRequestTests
{
    private const string DidNotWork = "That passkey didn't work. Try again, or use your password.";

    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passkey_signs_in_without_a_name(bool synced)
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var passkey = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = synced });
        foreach (var (target, expected) in new[] { ("/settings/audit", "/settings/audit"), ("https://evil.test/", "/settings/sessions") })
        {
            using var visitor = site.Visit(Visitor.Phone);
            var question = await visitor.AskAsync(SignInPath);
            Assert.Equal(JsonValueKind.Array, question.Options.GetProperty("allowCredentials").ValueKind);
            Assert.Equal(0, question.Options.GetProperty("allowCredentials").GetArrayLength());
            Assert.Equal("required", question.Options.GetProperty("userVerification").GetString());
            using var answer = await visitor.AnswerAsync(
                SignInPath, question, passkey.Get(question.Options, site.Address), ("remember", "true"), ("returnUrl", target));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
            Assert.Contains("expires=", Cookie(answer), StringComparison.OrdinalIgnoreCase);
            Assert.True(await visitor.IsSignedInAsync());
        }

        using var rows = site.Rows();
        Assert.Equal(2, rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"Method\" = 2"));
        Assert.Equal(0, rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
        Assert.Equal(1, rows.Number("SELECT count(*) FROM \"UserPasskeys\" WHERE \"LastUsedAt\" IS NOT NULL"));
    }

    // Guard: PasskeyCeremonies.BurnAsync. A synced passkey counts nothing, so nothing else refuses the second answer.
    [EachEngineFact]
    public async Task An_answer_counts_once()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var passkey = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = true });
        using var visitor = site.Visit();
        var question = await visitor.AskAsync(SignInPath);
        var credential = passkey.Get(question.Options, site.Address);
        // Another browser that copies the cookie of a signed-out one isn't another browser.
        using var copy = site.Visit();
        foreach (var (name, value) in visitor.Cookies)
            copy.Cookies[name] = value;
        using (var first = await visitor.AnswerAsync(SignInPath, question, credential))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await RefusedAsync(await copy.AnswerAsync(SignInPath, question, credential));
        Assert.False(await copy.IsSignedInAsync());
    }

    // Guard: the count of the DELETE in PasskeyCeremonies.BurnAsync.
    [EachEngineFact]
    public async Task Of_twenty_answers_at_once_one_counts()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var passkey = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = true });
        using var visitor = site.Visit();
        var question = await visitor.AskAsync(SignInPath);
        var form = new Dictionary<string, string>(await visitor.FillAsync("/sign-in"), StringComparer.Ordinal)
        {
            ["id"] = question.Id,
            ["credential"] = passkey.Get(question.Options, site.Address),
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var one = site.Visit();
            foreach (var (name, value) in visitor.Cookies)
                one.Cookies[name] = value;
            using var answer = await one.PostAsync(SignInPath, form);
            return answer.StatusCode;
        }));
        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(19, answers.Count(status => status == HttpStatusCode.UnprocessableEntity));
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"Method\" = 2"));
    }

    // Guards: ExpiresAt and isRight in PasskeyCeremonies.
    [EachEngineFact]
    public async Task An_answer_counts_in_time_and_from_the_browser_that_was_asked()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada, remember: true);
        using var passkey = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = true });

        using (var late = site.Visit())
        {
            var question = await late.AskAsync(SignInPath);
            clock.PutForward(TimeSpan.FromMinutes(5));
            await RefusedAsync(await late.AnswerAsync(SignInPath, question, passkey.Get(question.Options, site.Address)));
        }

        using (var asked = site.Visit())
        {
            using var other = site.Visit();
            var question = await asked.AskAsync(SignInPath);
            await RefusedAsync(await other.AnswerAsync(SignInPath, question, passkey.Get(question.Options, site.Address)));
            // A question that was answered elsewhere is used up.
            await RefusedAsync(await asked.AnswerAsync(SignInPath, question, passkey.Get(question.Options, site.Address)));
        }

        // Control: in time, and from the same browser.
        using var visitor = site.Visit();
        var last = await visitor.AskAsync(SignInPath);
        clock.PutForward(TimeSpan.FromMinutes(4));
        using var answer = await visitor.AnswerAsync(SignInPath, last, passkey.Get(last.Options, site.Address));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [EachEngineFact]
    public async Task A_wrong_answer_gets_one_sentence_and_no_session()
    {
        await using var site = await StartAsync();
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var owner = await site.SignInAsync(Ada);
        using var grace = await site.SignInAsync("grace@example.test");
        using var passkey = await site.AddPasskeyAsync(owner);
        using var hers = await site.AddPasskeyAsync(grace);
        using var unknown = new SoftAuthenticator { UserHandle = passkey.UserHandle };

        await WrongAsync(passkey, one => one.Origin = "http://localhost:1");
        await WrongAsync(passkey, one => one.Origin = "https://evil.test");
        await WrongAsync(passkey, one => one.Domain = "evil.test");
        await WrongAsync(passkey, one => one.VerifiesUser = false);
        await WrongAsync(passkey, one => one.UserHandle = hers.UserHandle);
        await WrongAsync(passkey, one => one.UserHandle = []);
        await WrongAsync(passkey, one => one.UserHandle = Encoding.UTF8.GetBytes(Guid.NewGuid().ToString()));
        await WrongAsync(passkey, one => one.UserHandle = [0xFF, 0xFE]);
        await WrongAsync(unknown, _ => { });

        // A copy of the authenticator has an older counter.
        using (var right = site.Visit())
        using (var answer = await site.SignInAsync(right, passkey))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await WrongAsync(passkey, one => one.Count = 0);
        foreach (var credential in new[] { "", "{", "null", "[]", "{\"response\":{\"userHandle\":\"*\"}}" })
        {
            using var visitor = site.Visit();
            await RefusedAsync(await visitor.AnswerAsync(SignInPath, await visitor.AskAsync(SignInPath), credential));
        }

        // Control: the same passkey, as it should be.
        using var last = site.Visit();
        using var signedIn = await site.SignInAsync(last, passkey);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);

        async Task WrongAsync(SoftAuthenticator authenticator, Action<SoftAuthenticator> spoil)
        {
            var (origin, domain, verifies, handle, count) = (authenticator.Origin, authenticator.Domain, authenticator.VerifiesUser,
                authenticator.UserHandle, authenticator.Count);
            using var visitor = site.Visit();
            spoil(authenticator);
            await RefusedAsync(await site.SignInAsync(visitor, authenticator));
            Assert.False(await visitor.IsSignedInAsync());
            (authenticator.Origin, authenticator.Domain, authenticator.VerifiesUser, authenticator.UserHandle, authenticator.Count) =
                (origin, domain, verifies, handle, Math.Max(count, authenticator.Count));
        }
    }

    [EachEngineFact]
    public async Task A_passkey_proves_in_its_owners_session_only()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var owner = await site.SignInAsync(Ada, remember: true);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone, remember: true);
        using var grace = await site.SignInAsync("grace@example.test");
        using var passkey = await site.AddPasskeyAsync(owner, new SoftAuthenticator { IsSynced = true });
        using var hers = await site.AddPasskeyAsync(grace);
        clock.PutForward(TimeSpan.FromMinutes(11));
        const string Page = "/settings/security/passkeys/add";
        Assert.Contains("name=\"Password\"", await owner.ReadAsync(Page), StringComparison.Ordinal);

        const string Said = "That passkey didn't work. Try again, or enter your password.";
        var before = owner.SessionCookie;
        var question = await owner.AskAsync(ProofPath);
        Assert.Equal(1, question.Options.GetProperty("allowCredentials").GetArrayLength());
        await RefusedAsync(await owner.AnswerAsync(ProofPath, question, hers.Get(question.Options, site.Address)), Said);
        // A question to another session, and one for a sign-in.
        question = await phone.AskAsync(ProofPath);
        await RefusedAsync(await owner.AnswerAsync(ProofPath, question, passkey.Get(question.Options, site.Address)), Said);
        using var visitor = site.Visit();
        question = await visitor.AskAsync(SignInPath);
        await RefusedAsync(await owner.AnswerAsync(ProofPath, question, passkey.Get(question.Options, site.Address)), Said);
        Assert.Equal(before, owner.SessionCookie);
        Assert.Contains("name=\"Password\"", await owner.ReadAsync(Page), StringComparison.Ordinal);

        question = await owner.AskAsync(ProofPath);
        var credential = passkey.Get(question.Options, site.Address);
        using (var proved = await owner.AnswerAsync(ProofPath, question, credential))
            Assert.Equal(HttpStatusCode.NoContent, proved.StatusCode);
        Assert.NotEqual(before, owner.SessionCookie, StringComparer.Ordinal);
        Assert.DoesNotContain("name=\"Password\"", await owner.ReadAsync(Page), StringComparison.Ordinal);
        await RefusedAsync(await owner.AnswerAsync(ProofPath, question, credential), Said);
        // The other device has no fresh proof.
        Assert.Contains("name=\"Password\"", await phone.ReadAsync(Page), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task A_passkey_is_added_once_and_after_a_fresh_proof()
    {
        var clock = new ShiftedClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var owner = await site.SignInAsync(Ada, remember: true);
        using var grace = await site.SignInAsync("grace@example.test");
        using var passkey = await site.AddPasskeyAsync(owner);
        var question = await owner.AskAsync(AddPath);
        Assert.Equal("none", question.Options.GetProperty("attestation").GetString());
        Assert.Equal(1, question.Options.GetProperty("excludeCredentials").GetArrayLength());
        const string NotAdded = "That passkey couldn't be added. Try again.";
        using (var same = new SoftAuthenticator { CredentialId = passkey.CredentialId })
        {
            // The handler sees that the account has it, and the core that another account has it.
            await RefusedAsync(await owner.AnswerAsync(AddPath, question, same.Create(question.Options, site.Address)), NotAdded);
            question = await grace.AskAsync(AddPath);
            using var taken = await grace.AnswerAsync(AddPath, question, same.Create(question.Options, site.Address));
            Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
            Assert.Equal("This passkey was added before. Use another one.", await taken.Content.ReadAsStringAsync());
        }

        using var next = new SoftAuthenticator { VerifiesUser = false };
        question = await owner.AskAsync(AddPath);
        await RefusedAsync(await owner.AnswerAsync(AddPath, question, next.Create(question.Options, site.Address)), NotAdded);
        next.VerifiesUser = true;
        question = await owner.AskAsync(AddPath);
        var credential = next.Create(question.Options, site.Address);
        clock.PutForward(TimeSpan.FromMinutes(11));
        using (var old = await owner.PostAsync($"{AddPath}/options", await owner.FillAccountMenuAsync()))
            Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
        await RefusedAsync(await owner.AnswerAsync(AddPath, question, credential), NotAdded);
        using var rows = site.Rows();
        Assert.Equal(1, rows.Number("SELECT count(*) FROM \"UserPasskeys\""));
    }

    [Fact]
    public async Task Requests_without_a_token_and_without_a_session_are_refused()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var stranger = site.Visit();
        Dictionary<string, string> none = new(StringComparer.Ordinal) { ["id"] = "", ["credential"] = "" };
        foreach (var path in new[] { ProofPath, AddPath })
        {
            foreach (var one in new[] { path, $"{path}/options" })
            {
                using var anonymous = await stranger.PostAsync(one, none);
                Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
                using var crossed = await owner.PostAsync(one, none);
                Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
            }
        }

        foreach (var path in new[] { SignInPath, $"{SignInPath}/options" })
        {
            using var crossed = await stranger.PostAsync(path, none);
            Assert.Equal(HttpStatusCode.BadRequest, crossed.StatusCode);
        }

        using var rows = site.Rows();
        Assert.Equal(0, rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
        // Control: with its token, each of them is heard.
        await owner.AskAsync(ProofPath);
        await owner.AskAsync(AddPath);
        await stranger.AskAsync(SignInPath);
        Assert.Equal(3, rows.Number("SELECT count(*) FROM \"PasskeyCeremonies\""));
    }

    [Fact]
    public async Task An_address_asks_for_so_many_questions_and_a_closed_account_says_so_after_the_passkey()
    {
        await using var site = AccountsSite.Start(settings: ("SignIn:AttemptsPerAddress", "1"));
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var passkey = await site.AddPasskeyAsync(owner);
        using var rows = site.Rows();
        rows.Execute("UPDATE \"Users\" SET \"DisabledAt\" = 1");
        using (var visitor = site.Visit())
        {
            using var wrong = new SoftAuthenticator { UserHandle = passkey.UserHandle };
            await RefusedAsync(await site.SignInAsync(visitor, wrong));
        }

        using (var known = site.Visit())
        {
            foreach (var name in owner.Cookies.Keys.Where(name => name.Contains("browser", StringComparison.Ordinal)))
                known.Cookies[name] = owner.Cookies[name];
            using var closed = await site.SignInAsync(known, passkey);
            Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
            Assert.Equal(
                "You can't sign in to this account now. Contact support to use it again.", await closed.Content.ReadAsStringAsync());
        }

        using var asking = site.Visit();
        for (var i = 0; i < 8; i++)
            await asking.AskAsync(SignInPath);
        using var refused = await asking.PostAsync($"{SignInPath}/options", await asking.FillAsync("/sign-in"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.StartsWith("Too many attempts.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [EachEngineFact]
    public async Task Remote_logout_leaves_passkeys_alone()
    {
        await using var site = await StartAsync();
        using var owner = await site.SignInAsync(Ada);
        using var passkey = await site.AddPasskeyAsync(owner);
        await site.Get<Accounts.Core.Manager.SessionService>().RemoteLogoutAsync((await site.FindSessionAsync(owner)).ToCaller(
            (await site.FindSessionAsync(owner)).Principal));
        Assert.False(await owner.IsSignedInAsync());
        using var visitor = site.Visit();
        using var answer = await site.SignInAsync(visitor, passkey);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_passkeys_nothing_offers_them()
    {
        await using var site = AccountsSite.Start(settings: ("Passkeys:Enabled", "false"));
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var visitor = site.Visit();
        Assert.DoesNotContain("passkey", Main(await visitor.ReadAsync("/sign-in")), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("passkey", Main(await owner.ReadAsync("/settings/security")), StringComparison.OrdinalIgnoreCase);
        using var answer = await visitor.PostAsync($"{SignInPath}/options", await visitor.FillAsync("/sign-in"));
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        // Control: with passkeys, both do.
        await using var with = await StartAsync();
        using var other = await with.SignInAsync(Ada);
        using var stranger = with.Visit();
        Assert.Contains("data-passkey-sign-in", await stranger.ReadAsync("/sign-in"), StringComparison.Ordinal);
        Assert.Contains("Add a passkey", await other.ReadAsync("/settings/security"), StringComparison.Ordinal);

        static string Main(string page) => page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];
    }

    [EachEngineFact]
    public async Task The_passkeys_domain_is_the_settings_or_the_hosts()
    {
        await using var site = AccountsSite.Start(settings: ("Passkeys:ServerDomain", "example.test"));
        using var visitor = site.Visit();
        Assert.Equal("example.test", (await visitor.AskAsync(SignInPath)).Options.GetProperty("rpId").GetString());
        await using var plain = AccountsSite.Start();
        using var other = plain.Visit();
        Assert.Equal("localhost", (await other.AskAsync(SignInPath)).Options.GetProperty("rpId").GetString());
    }

    private static async Task<AccountsSite> StartAsync()
    {
        var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        return site;
    }

    private static string Cookie(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie")
        .Single(text => text.StartsWith(Visitor.SessionCookieName + "=", StringComparison.Ordinal));

    private static async Task RefusedAsync(HttpResponseMessage answer, string said = DidNotWork)
    {
        using (answer)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal(said, await answer.Content.ReadAsStringAsync());
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies)
                && cookies.Any(text => text.StartsWith(Visitor.SessionCookieName + "=", StringComparison.Ordinal)));
        }
    }
}
