using Accounts.Core.Live;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.Opening;

/// <summary>
/// How long a user with few or many sessions waits for the Session manager, in a real browser with a warm cache: from the navigation until the
/// cards are painted, and until the page is interactive.
/// </summary>
internal sealed class OpeningBenchmark(Person person, int sessions)
{
    private const int WarmUp = 3;
    private const double Limit = 1000;

    private static readonly int[] Sizes = [3, 60, 600];

    /// <summary>A script that runs in the document before the page's own scripts.</summary>
    private const string Watch = """
        new MutationObserver((_, watch) => {
          if (!document.querySelector('#session-watch > i')) return;
          watch.disconnect();
          window.alive = performance.now();
        }).observe(document, { childList: true, subtree: true });
        """;

    private readonly Latencies _shown = new();
    private readonly Latencies _alive = new();

    public static Task<int> RunAsync(int count) => RealBrowsers.RunAsync(async (application, browser) =>
    {
        var person = await Person.NewAsync(browser, application.Url);
        var own = await application.SessionOfAsync(() => person.SignInAsync("/settings/sessions"));
        await person.Page.AddInitScriptAsync(Watch);
        var user = (await application.Get<SessionAuthenticator>().FindLiveAsync(own))!.UserId;
        var now = TimeProvider.System.GetUtcNow();
        var agents = new[] { Browsers.Windows, Browsers.Phone, Browsers.Linux, Browsers.Mac, Browsers.Android };
        var there = 1;
        foreach (var size in Sizes)
        {
            await application.AddAsync(
                Enumerable.Range(there, size - there).Select(i => Browsers.Session(user, now.AddMinutes(-i), agents[i % agents.Length])));
            there = size;
            await new OpeningBenchmark(person, size).RepeatAsync(count);
        }

        return 0;
    });

    private async Task RepeatAsync(int count)
    {
        for (var i = 0; i < WarmUp + count; i++)
        {
            await person.Page.GotoAsync("/settings/sessions");
            await person.Page.GetByText($"{sessions} sessions. Updates live.").WaitForAsync();
            await person.Page.Locator("#session-watch > i").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            var times = await person.Page.EvaluateAsync<double[]>(
                "[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.alive]");
            if (i < WarmUp)
                continue;
            _shown.Add(times[0]);
            _alive.Add(times[1]);
        }

        _shown.Print($"{sessions,4} sessions: until the cards are painted");
        _alive.Print($"{sessions,4} sessions: until the page is interactive");
        if (sessions == Sizes[^1])
            Target.Print($"{sessions} sessions, interactive, p50", _alive.Percentile(0.5), Limit);
    }
}
