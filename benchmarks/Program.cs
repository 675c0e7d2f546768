using Accounts.Benchmarks;
using Accounts.Benchmarks.Check;
using Accounts.Benchmarks.Clicks;
using Accounts.Benchmarks.Devices;
using Accounts.Benchmarks.Endings;
using Accounts.Benchmarks.Live;
using Accounts.Benchmarks.Memory;
using Accounts.Benchmarks.FirstLoad;
using Accounts.Benchmarks.Places;

return args switch
{
    ["endings", .. var rest] when Usage.TryCount(rest, 500, out var count) => await EndingsBenchmark.RunAsync(count),
    ["clicks", .. var rest] when Usage.TryCount(rest, 200, out var count) => await ClicksBenchmark.RunAsync(count),
    ["live", .. var rest] when Usage.TryCount(rest, 200, out var count) => await LiveBenchmark.RunAsync(count),
    ["memory", .. var rest] when Usage.TryCount(rest, 200, out var count) => await MemoryBenchmark.RunAsync(count),
    ["check", .. var rest] when Usage.TryCount(rest, 20, out var count) => await CheckBenchmark.RunAsync(count),
    [Visitors.Verb, var page] when Uri.TryCreate(page, UriKind.Absolute, out var address) => await Visitors.RunAsync(address),
    ["places", .. var files] => PlacesBenchmark.Run(files),
    ["devices"] => DevicesBenchmark.Run(),
    ["first-load", var folder] => await FirstLoadBenchmark.RunAsync(folder),
    _ => Usage.Print(),
};
