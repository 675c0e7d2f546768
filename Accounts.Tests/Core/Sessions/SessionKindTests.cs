using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

/// <summary>Only browsers have a browser id, count as known, replace one another, answer questions and make room at the limit.</summary>
public sealed class SessionKindTests
{
    // Guards: the kind in SessionStarter.MakeRoomAsync, and BrowserHash in its index.
    [EachEngineFact]
    public async Task Only_browsers_count_towards_the_limit_and_make_room()
    {
        await using var host = CoreHost.Start(settings: ("Sessions:MaximumPerUser", "2"));
        var user = await host.RegisterAsync();
        List<OtherSession> others = [];
        for (var i = 0; i < 3; i++)
            others.Add(await OtherSession.AddAsync(host, user, i == 0 ? SessionKind.SupportView : SessionKind.Application));
        host.Clock.Advance(TimeSpan.FromMinutes(1));

        var first = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var browsers = new[] { first, await host.SignInAsync() };
        foreach (var other in others)
            Assert.NotNull(await other.RequestAsync(host));
        foreach (var browser in browsers)
            Assert.NotNull(await host.RequestAsync(browser));

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.SignInAsync();
        Assert.Null(await host.RequestAsync(browsers[0]));
        foreach (var other in others)
            Assert.NotNull(await other.RequestAsync(host));
    }

    // Guard: the kind in SessionStarter.StartAsync, where it looks at what the account knows.
    [EachEngineTheory]
    [InlineData(SessionKind.Application)]
    [InlineData(SessionKind.SupportView)]
    public async Task Only_browsers_make_a_browser_or_a_country_known(SessionKind kind)
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        // Without a browser before it, the first browser isn't new: there is nothing to compare it with.
        await OtherSession.AddAsync(host, user, kind, "JP");
        var first = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "193.99.144.80"));
        Assert.False((await FindAsync(host, first)).IsFlagged);

        // Japan is known to the application alone.
        var second = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "133.11.0.1"));
        var (newBrowser, newCountry) = ((await FindAsync(host, second)).NewBrowser, (await FindAsync(host, second)).NewCountry);
        Assert.Equal((true, true), (newBrowser, newCountry));
    }

    // Guard: the kind in SessionStatements.AnswerableBy.
    [EachEngineFact]
    public async Task Only_a_browser_answers_whether_a_sign_in_was_its_owners()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        var app = await OtherSession.AddAsync(host, user, SessionKind.Application, scopes: Scopes.All);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var asked = await host.SignInAsync();

        Assert.Equal(RecognizeOutcome.NotAllowed, await host.Sessions.RecognizeAsync((await app.RequestAsync(host))!.ToCaller(), asked.Id));
        Assert.Equal(RecognizeOutcome.Recognized, await host.Sessions.RecognizeAsync((await host.RequestAsync(owner))!.ToCaller(), asked.Id));
    }

    [EachEngineFact]
    public async Task A_support_view_looks_and_changes_nothing_and_its_owner_can_end_it()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var staff = await host.RegisterAsync("sam@example.test", "Sam Keller");
        var owner = await host.SignInAsync();
        var view = await OtherSession.AddAsync(host, user, SessionKind.SupportView, actor: staff);
        var live = (await view.RequestAsync(host))!;
        var caller = live.ToCaller();

        Assert.Equal((SessionKind.SupportView, CallerKind.SupportView, user, staff), (live.Kind, caller.Kind, caller.Subject, caller.Actor!.Value));
        Assert.True(caller.IsReadOnly);
        Assert.Equal(Scopes.Read, caller.Scopes);
        var listed = await host.Sessions.ListAsync(caller);
        Assert.Equal(2, listed.Count);
        Assert.Equal(SessionKind.SupportView, Assert.Single(listed, session => session.Id == view.Id).Kind);

        var before = host.Rows.Everything();
        foreach (var act in new Func<Task>[]
        {
            () => host.Sessions.TerminateAsync(caller, owner.Id),
            () => host.Sessions.RenameAsync(caller, owner.Id, new RenameSessionInput { Name = "Theirs" }),
            () => host.Sessions.SignOutAsync(caller),
            () => host.Reauthentication.ReauthenticateAsync(caller, CoreHost.Password),
        })
        {
            Assert.Equal(CallerRefusal.ReadOnly, (await Assert.ThrowsAsync<CallerRefusedException>(act)).Refusal);
        }

        Assert.Equal(before, host.Rows.Everything());
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, view.Id));
        Assert.Null(await view.RequestAsync(host));
    }

    // Guard: Scopes in LiveSession, from the row.
    [EachEngineFact]
    public async Task An_application_may_do_what_its_scopes_say()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var app = await OtherSession.AddAsync(host, user, SessionKind.Application, scopes: Scopes.SessionsRead);
        var caller = (await app.RequestAsync(host))!.ToCaller();

        Assert.Equal((CallerKind.Application, user), (caller.Kind, caller.Actor!.Value));
        Assert.Single(await host.Sessions.ListAsync(caller));
        var refused = await Assert.ThrowsAsync<CallerRefusedException>(() => host.Sessions.TerminateAsync(caller, SessionId.New(TestClock.Start)));
        Assert.Equal((CallerRefusal.ScopeMissing, Scopes.SessionsWrite), (refused.Refusal, refused.Scope));
        // A row that says nothing gives an application nothing.
        var bare = await OtherSession.AddAsync(host, user, SessionKind.Application);
        Assert.Equal(Scopes.None, (await bare.RequestAsync(host))!.ToCaller().Scopes);
    }

    private static async Task<Session> FindAsync(CoreHost host, SignedInBrowser browser) =>
        Assert.Single(await host.Sessions.FindAsync(browser.Caller, [browser.Id]));

    /// <summary>A live session that isn't a browser's, inserted without our code.</summary>
    private sealed record OtherSession(SessionId Id, SessionKey Key)
    {
        public static async Task<OtherSession> AddAsync(
            CoreHost host, UserId user, SessionKind kind, string? country = null, UserId? actor = null, Scopes? scopes = null)
        {
            var (now, other) = (host.Clock.GetUtcNow(), new OtherSession(SessionId.New(host.Clock.GetUtcNow()), SessionKey.New()));
            await host.Database.WriteAsync(WritePriority.Ordinary, db =>
            {
                db.Sessions.Add(new SessionRow
                {
                    Id = other.Id.Value,
                    UserId = user.Value,
                    Kind = kind,
                    ActorUserId = actor?.Value,
                    Scopes = scopes,
                    Epoch = 0,
                    KeyHash = other.Key.Hash(),
                    StartedAt = now,
                    LastActivityAt = now,
                    ExpiresAt = now + TimeSpan.FromDays(1),
                    Remembered = false,
                    Methods = SignInMethods.None,
                    UserAgent = "example-cli/1.0 " + Convert.ToHexString(RandomNumberGenerator.GetBytes(4)),
                    SignInCountry = country,
                    SignInAddress = "203.0.113.9",
                    LastAddress = "203.0.113.9",
                });
                return Task.FromResult(true);
            });
            return other;
        }

        public ValueTask<LiveSession?> RequestAsync(CoreHost host) => host.Authenticator.AuthenticateAsync(Id, Key.Reveal());
    }
}
