using System.Net;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;
using Accounts.Web.Sessions;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.HtmlRendering.Infrastructure;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Accounts.Tests.Web.Sessions;

/// <summary>Who sees a support code, and for how long.</summary>
public sealed class SupportCodeTests
{
    private const string Ada = "ada@example.test";

    [EachEngineFact]
    public async Task The_signed_out_page_shows_its_code_only_to_the_key_and_keeps_it()
    {
        await using var site = AccountsSite.Start();
        using var ended = await EndedAsync(site);
        using var stranger = site.Visit();
        using var rows = site.Rows();
        Assert.Null(await CodeAsync(stranger));
        Assert.Equal(0, Count(rows));

        var code = await CodeAsync(ended);
        Assert.Matches("^[2-9A-Z]{4}-[2-9A-Z]{4}$", code!);
        Assert.Equal(code, await CodeAsync(ended), StringComparer.Ordinal);
        Assert.Equal(1, Count(rows));
        Assert.DoesNotContain("Lovelace", await ended.ReadAsync("/signed-out"), StringComparison.Ordinal);
    }

    [EachEngineTheory]
    [InlineData("\"SupportCodes\"", "Someone signed this browser out from another device")]
    [InlineData("\"Sessions\"", "You&#x27;re signed out")]
    public async Task Without_the_database_the_signed_out_page_works_without_a_code(string table, string text)
    {
        await using var site = AccountsSite.Start();
        using var ended = await EndedAsync(site);
        site.Gate.FailCommand(table);
        // Both of the page's queries read the session.
        if (table is "\"Sessions\"")
            site.Gate.FailCommand(table);

        using var answer = await ended.GetAsync("/signed-out");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Support code", page, StringComparison.Ordinal);

        Assert.NotNull(await CodeAsync(ended));
    }

    // Guard: the timer of SupportCodeLine, and _gone.
    [EachEngineFact]
    public async Task An_open_page_replaces_an_expired_code()
    {
        var clock = new TestClock();
        await using var page = new InteractivePage(clock);
        var asked = 0;
        TaskCompletionSource? slow = null;
        async Task<SupportCode?> Find()
        {
            var code = new SupportCode($"CODE-{++asked}", clock.GetUtcNow().AddHours(1));
            if (slow is not null)
                await slow.Task;
            return code;
        }

        await page.OpenAsync(Find);
        Assert.Equal("CODE-1", await page.CodeAsync());

        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal("CODE-1", await page.CodeAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("CODE-2", await page.CodeAsync());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("CODE-3", await page.CodeAsync());

        // The page closes while it waits for an answer, and doesn't ask again once that arrives.
        slow = new TaskCompletionSource();
        clock.Advance(TimeSpan.FromHours(1));
        await page.DisposeAsync();
        slow.SetResult();
        await page.SettleAsync();
        clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal((4, 0), (asked, clock.Waiting));
    }

    [Fact]
    public async Task An_open_page_asks_again_after_a_database_failure()
    {
        var clock = new TestClock();
        await using var page = new InteractivePage(clock);
        var answers = false;
        Task<SupportCode?> Find() => answers
            ? Task.FromResult<SupportCode?>(new SupportCode("CODE", clock.GetUtcNow().AddHours(1)))
            : Task.FromException<SupportCode?>(new DatabaseUnavailableException(new TimeoutException()));
        await page.OpenAsync(Find);
        Assert.Null(await page.CodeAsync());

        answers = true;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CODE", await page.CodeAsync());
    }

    private static async Task<Visitor> EndedAsync(AccountsSite site)
    {
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        var other = await site.SignInAsync(Ada, Visitor.Phone);
        // Waits until all work after the ending is done: the departure is published at once, and again when it is stored.
        var (told, written) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var following = site.Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Departed && Interlocked.Increment(ref told) == 2)
                written.TrySetResult();
        });
        await site.Get<SessionService>().TerminateAsync((await site.FindSessionAsync(owner)).ToCaller(), (await site.FindSessionAsync(other)).Id);
        await written.Task.WaitAsync(Patience.Limit);
        return other;
    }

    private static async Task<string?> CodeAsync(Visitor visitor) => Code(await visitor.ReadAsync("/signed-out"));

    private static string? Code(string html) => new HtmlParser().ParseDocument(html).QuerySelector(".support-code code")?.TextContent;

    private static long Count(DatabaseRows rows) => rows.Number("SELECT COUNT(*) FROM \"SupportCodes\"");

#pragma warning disable BL0006 // No other API renders a component as interactive.
    /// <summary>Renders the component as a circuit does: interactive, and alive after the first rendering.</summary>
    private sealed class InteractivePage(TestClock clock) : IAsyncDisposable
    {
        private readonly Renderer _renderer = new(new ServiceCollection().AddSingleton<TimeProvider>(clock).BuildServiceProvider());
        private HtmlRootComponent _root;

        public async Task OpenAsync(Func<Task<SupportCode?>> find) => _root = await _renderer.Dispatcher.InvokeAsync(() =>
            _renderer.BeginRenderingComponent(typeof(SupportCodeLine),
                ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(SupportCodeLine.Find)] = find })));

        public Task<string?> CodeAsync() => _renderer.Dispatcher.InvokeAsync(() => Code(_root.ToHtmlString()));

        /// <summary>Completes when the work queued on the page has run.</summary>
        public Task SettleAsync() => _renderer.Dispatcher.InvokeAsync(async () => await Task.Yield());

        public ValueTask DisposeAsync() => _renderer.DisposeAsync();

        private sealed class Renderer(IServiceProvider services) : StaticHtmlRenderer(services, NullLoggerFactory.Instance)
        {
            protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);
        }
    }
}
