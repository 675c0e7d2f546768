using Accounts.Stage;
using Microsoft.Playwright;

namespace Accounts.Benchmarks.Clicks;

/// <summary>
/// How long it takes from the confirming click in one browser until another browser's address is the signed-out page. The browsers and the server
/// are real. Both times come from the browsers' clock, so the driver's own time isn't measured.
/// </summary>
internal sealed class ClicksBenchmark(Application application, Person owner, Person other)
{
    private const string Interactive = "/settings/sessions";
    private const string Static = "/settings";
    private const int WarmUp = 4;

    /// <summary>The pause after the other page's circuit is open, because a page that has just opened isn't what we measure.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    private readonly Latencies _arrived = new();
    private readonly Latencies _left = new();
    private readonly Dictionary<string, Latencies> _byPage = new(StringComparer.Ordinal) { [Interactive] = new(), [Static] = new() };
    private int _failures;

    public static Task<int> RunAsync(int count) => RealBrowsers.RunAsync(async (application, browser) =>
    {
        var owner = await Person.NewAsync(browser, application.Url);
        await owner.SignInAsync(Interactive);
        return await new ClicksBenchmark(application, owner, await Person.NewAsync(browser, application.Url)).RepeatAsync(count);
    });

    private async Task<int> RepeatAsync(int count)
    {
        for (var i = 0; i < WarmUp; i++)
            await OnceAsync(PageOf(i));
        for (var i = 0; i < count; i++)
            await MeasureAsync(PageOf(i));

        Console.WriteLine($"runs: {count}, failures: {_failures}");
        if (_arrived.Count > 0)
            PrintFigures();
        return _failures == 0 ? 0 : 1;
    }

    private void PrintFigures()
    {
        _arrived.Print("click until the other address is /signed-out");
        foreach (var (page, latencies) in _byPage.Where(page => page.Value.Count > 0))
            latencies.Print($"   the other browser on {page}");
        _left.Print("click until the other page starts to navigate there");
        Target.Print("p50", _arrived.Percentile(0.5), 100);
        Target.Print("p99", _arrived.Percentile(0.99), 300);
    }

    private async Task MeasureAsync(string page)
    {
        try
        {
            var (left, arrived) = await OnceAsync(page);
            _left.Add(left);
            _arrived.Add(arrived);
            _byPage[page].Add(arrived);
        }
        catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
        {
            _failures++;
            await Console.Error.WriteLineAsync($"A run failed, the other browser on {page}: {failure.Message}");
        }
    }

    /// <returns>Milliseconds from the click until the other page started to navigate, and until it had arrived.</returns>
    private async Task<(double Left, double Arrived)> OnceAsync(string page)
    {
        var session = await application.SessionOfAsync(() => other.SignInAsync(page));
        await application.WaitForCircuitAsync(session);
        await Task.Delay(Rest);

        await owner.AskToTerminateAsync(session);
        var signedOut = other.SignedOutAsync();
        var clicked = await owner.ConfirmAsync();
        var (left, arrived) = await signedOut;
        await owner.SeeItDoneAsync(session);
        return (left - clicked, arrived - clicked);
    }

    private static string PageOf(int run) => run % 2 == 0 ? Interactive : Static;
}
