using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Samples;

/// <summary>The samples, built from the packages in an empty folder outside the repository. A test class takes this as its class fixture.</summary>
/// <remarks>Each sample is built once for all tests of this process.</remarks>
public sealed class SamplePrograms : IAsyncLifetime
{
    private static readonly Dictionary<string, Task<PackageUser>> Built = new(StringComparer.Ordinal);

    private readonly Packages _packages = new();
    private readonly TempFolder _folder = new();

    public ValueTask InitializeAsync() => _packages.InitializeAsync();

    /// <summary>Starts a published sample with an empty database of its own.</summary>
    /// <param name="sample">The name of its folder.</param>
    /// <param name="settings">More settings.</param>
    public async Task<AccountsProcess> RunAsync(string sample, params (string Name, string Value)[] settings) =>
        AccountsProcess.RunOther(Path.Combine((await BuiltAsync(sample)).Path, "out", $"{sample}.dll"), [Database(), .. settings]);

    /// <summary>Starts a sample with <c>dotnet run</c>, as its README does.</summary>
    /// <param name="sample">The name of its folder.</param>
    public async Task<AccountsProcess> RunProjectAsync(string sample)
    {
        var user = await BuiltAsync(sample);
        return AccountsProcess.RunProject(Path.Combine(user.Path, sample), [Database(), .. user.Variables]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private (string, string) Database() => ("Accounts:Storage:Path", _folder.File($"{Guid.NewGuid():N}.db"));

    private Task<PackageUser> BuiltAsync(string sample)
    {
        lock (Built)
            return Built.TryGetValue(sample, out var built) ? built : Built[sample] = BuildAsync(sample);
    }

    private async Task<PackageUser> BuildAsync(string sample)
    {
        var user = new PackageUser(_packages);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => user.Dispose();
        user.Copy($"samples/{sample}", sample);
        // Only a published program finds its styles and scripts in production. A built one answers them with nothing.
        await user.DotnetAsync("publish", sample, "-c", "Release", "-o", "out");
        return user;
    }
}
