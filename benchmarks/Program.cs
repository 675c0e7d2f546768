using Accounts.Benchmarks;
using Accounts.Benchmarks.Clicks;
using Accounts.Benchmarks.Endings;

return args switch
{
    ["endings", .. var rest] when Usage.TryCount(rest, 500, out var count) => await EndingsBenchmark.RunAsync(count),
    ["clicks", .. var rest] when Usage.TryCount(rest, 200, out var count) => await ClicksBenchmark.RunAsync(count),
    _ => Usage.Print(),
};
