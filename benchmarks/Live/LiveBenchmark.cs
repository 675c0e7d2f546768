using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.Live;

/// <summary>
/// How long it takes until an open dashboard shows a change from another browser. Both browsers are real, on one machine with one wall clock. The
/// watching page reports when its document changes. A user's changes wait up to 100 ms to be batched; endings don't.
/// </summary>
internal sealed class LiveBenchmark
{
    private const int WarmUp = 3;
    private const int GiveUpAfter = 5;
    private const string Elsewhere = "/settings";

    private readonly Application _application;
    private readonly Person _owner;
    private readonly Person _other;
    private readonly Caller _caller;
    private readonly UserId _ada;
    private readonly Latencies _sinceCommit = new();
    private int _names;

    private LiveBenchmark(Application application, Person owner, Person other, UserId ada, SessionId own)
    {
        (_application, _owner, _other, _ada) = (application, owner, other, ada);
        // Don't ask for the password again, however long the benchmark runs.
        _caller = Caller.InBrowser(ada, own, Browsers.Address, DateTimeOffset.MaxValue);
    }

    public static Task<int> RunAsync(int count) => RealBrowsers.RunAsync(async (application, browser) =>
    {
        var owner = await Person.NewAsync(browser, application.Url);
        var own = await application.SessionOfAsync(() => owner.SignInAsync("/settings/sessions"));
        var ada = (await application.Get<SessionAuthenticator>().FindLiveAsync(own))!.UserId;
        var benchmark = new LiveBenchmark(application, owner, await Person.NewAsync(browser, application.Url), ada, own);

        var failures = await benchmark.RepeatAsync("a  a sign-in elsewhere, until its card appears", count, benchmark.SignInAsync);
        if (benchmark._sinceCommit.Count > 0)
            benchmark._sinceCommit.Print("   of that, after the server started the session");
        failures += await benchmark.RepeatAsync("b  a page visited elsewhere, until the number changes", count, benchmark.PageAsync);
        failures += await benchmark.RepeatAsync("c  a rename elsewhere, until the title changes", count, benchmark.RenameAsync);
        failures += await benchmark.RepeatAsync("d  an ending elsewhere, until the card shows it", count, benchmark.EndingAsync);
        Console.WriteLine("start: a and b when the acting browser's request started (a includes checking the password); c when the core was called; d at the click in the acting browser.");
        return failures == 0 ? 0 : 1;
    });

    /// <returns>How many runs failed.</returns>
    private async Task<int> RepeatAsync(string name, int count, Func<Task<double>> once)
    {
        var (latencies, failures, inARow) = (new Latencies(), 0, 0);
        for (var i = -WarmUp; i < count && inARow < GiveUpAfter; i++)
        {
            try
            {
                // Leave the previous run's page, so that no push reaches the next run.
                await _other.OpenAsync("about:blank");
                await _application.Get<SessionService>().SignOutEverywhereAsync(_caller);
                var milliseconds = await once();
                if (i >= 0)
                    latencies.Add(milliseconds);
                inARow = 0;
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
            {
                failures++;
                inARow++;
                await Console.Error.WriteLineAsync($"A run failed, {name}: {failure.Message.Split('\n')[0]}");
            }
        }

        if (latencies.Count > 0)
            latencies.Print(name);
        Console.WriteLine($"   runs: {latencies.Count} of {count}, failures: {failures}{(inARow == GiveUpAfter ? ", gave up" : "")}");
        return failures;
    }

    private async Task<double> SignInAsync()
    {
        await _other.FillInAsync(Elsewhere);
        await _owner.OpenDashboardAsync(0);
        var watch = await Watch.BeginAsync(_owner, Sight.NewCard);
        var committed = 0.0;
        double begun;
        using (_application.Get<SessionFeed>().Subscribe(change => committed = change is SessionChange.Started ? Now() : committed))
            begun = await _other.SubmitAsync(Elsewhere);
        var seen = await watch.SeenAsync();
        _sinceCommit.Add(seen - committed);
        return seen - begun;
    }

    private async Task<double> PageAsync()
    {
        var session = await _application.SessionOfAsync(() => _other.SignInAsync(Elsewhere));
        await _application.WaitForCircuitAsync(session);
        await _owner.OpenDashboardAsync(1);
        var watch = await Watch.BeginAsync(_owner, Sight.AnotherPage, session);
        var begun = await _other.OpenAsync(Elsewhere);
        return await watch.SeenAsync() - begun;
    }

    private async Task<double> RenameAsync()
    {
        var (elsewhere, _) = await _application.SignInAsync(_ada);
        await _owner.OpenDashboardAsync(1);
        var name = $"Kitchen laptop {++_names}";
        var watch = await Watch.BeginAsync(_owner, Sight.Title, elsewhere.SessionId, name);
        var begun = Now();
        await _application.Get<SessionService>().RenameAsync(elsewhere, elsewhere.OwnSession, new RenameSessionInput { Name = name });
        return await watch.SeenAsync() - begun;
    }

    private async Task<double> EndingAsync()
    {
        var (third, _) = await _application.SignInAsync(_ada, Browsers.Phone);
        var acting = await _application.SessionOfAsync(() => _other.SignInAsync("/settings/sessions"));
        await _application.WaitForCircuitAsync(acting);
        await _other.OpenDashboardAsync(2);
        await _owner.OpenDashboardAsync(2);
        await _other.AskToTerminateAsync(third.OwnSession);
        var watch = await Watch.BeginAsync(_owner, Sight.Ended, third.OwnSession);
        var begun = await _other.ConfirmAsync();
        return await watch.SeenAsync() - begun;
    }

    /// <summary>The wall clock in milliseconds, like the browsers' clock.</summary>
    private static double Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;
}
