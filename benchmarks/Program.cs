using System.Globalization;
using Accounts.Benchmarks;
using Accounts.Benchmarks.Check;
using Accounts.Benchmarks.Clicks;
using Accounts.Benchmarks.Devices;
using Accounts.Benchmarks.Endings;
using Accounts.Benchmarks.Enumeration;
using Accounts.Benchmarks.Everybody;
using Accounts.Benchmarks.FirstLoad;
using Accounts.Benchmarks.Flood;
using Accounts.Benchmarks.Lighthouse;
using Accounts.Benchmarks.Live;
using Accounts.Benchmarks.Memory;
using Accounts.Benchmarks.Opening;
using Accounts.Benchmarks.Places;
using Accounts.Benchmarks.Users;

return args switch
{
    ["endings", "flood", .. var rest] when Usage.TryCount(rest, 20, out var count) => await FloodBenchmark.RunAsync(count),
    ["endings", .. var rest] when Usage.TryCount(rest, 500, out var count) => await EndingsBenchmark.RunAsync(count),
    ["clicks", .. var rest] when Usage.TryCount(rest, 200, out var count) => await ClicksBenchmark.RunAsync(count),
    ["live", .. var rest] when Usage.TryCount(rest, 200, out var count) => await LiveBenchmark.RunAsync(count),
    ["opening", .. var rest] when Usage.TryCount(rest, 20, out var count) => await OpeningBenchmark.RunAsync(count),
    ["memory", .. var rest] when Usage.TryCount(rest, 200, out var count) => await MemoryBenchmark.RunAsync(count),
    ["everybody", .. var rest] when Usage.TryCount(rest, 200, out var count) => await EverybodyBenchmark.RunAsync(count),
    ["users", .. var rest] when Usage.TryCount(rest, 100, out var count) => await UsersBenchmark.RunAsync(count),
    ["check", .. var rest] when Usage.TryCount(rest, 20, out var count) => await CheckBenchmark.RunAsync(count),
    ["enumeration", .. var rest] when Usage.TryCount(rest, 300, out var count) => await EnumerationBenchmark.RunAsync(count),
    [Asker.Verb, var site, var way, var count] => await Asker.RunAsync(new Uri(site), way, int.Parse(count, CultureInfo.InvariantCulture)),
    [Visitors.Verb, var page] when Uri.TryCreate(page, UriKind.Absolute, out var address) => await Visitors.RunAsync(address),
    [Filler.Verb, var sessions, var users, .. var database] =>
        await Filler.RunAsync(int.Parse(sessions, CultureInfo.InvariantCulture), int.Parse(users, CultureInfo.InvariantCulture), database),
    [Strangers.Verb, var page, var count, var manyNetworks, var cookie, var token] =>
        await Strangers.RunAsync(new Uri(page), int.Parse(count, CultureInfo.InvariantCulture), bool.Parse(manyNetworks), cookie, token),
    [Prober.Verb, var site, var cookie, var seconds] =>
        await Prober.RunAsync(new Uri(site), cookie, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))),
    ["places", .. var files] => PlacesBenchmark.Run(files),
    ["devices"] => DevicesBenchmark.Run(),
    ["first-load", var folder] => await FirstLoadBenchmark.RunAsync(folder),
    ["lighthouse", var folder] => await LighthouseBenchmark.RunAsync(folder),
    _ => Usage.Print(),
};
