using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Geolocation;

/// <summary>Starts the application as a process, with a good or a bad geolocation file.</summary>
public sealed class PlaceStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("places.bin");

    [Theory]
    [InlineData("empty")]
    [InlineData("cut off in its texts")]
    [InlineData("old and cut off")]
    [InlineData("an archive")]
    [InlineData("a CSV file")]
    [InlineData("a proxy database")]
    [InlineData("with rows in disorder")]
    [InlineData("with a text behind the end")]
    [InlineData("with an index that leads too far")]
    public async Task A_bad_file_stops_the_start_with_one_line(string name)
    {
        await File.WriteAllBytesAsync(Path, BadPlaceFiles.All[name].File);
        await RequireRefusalAsync(BadPlaceFiles.All[name].Says);
    }

    [Theory]
    [InlineData("cut off in its metadata")]
    [InlineData("with a pointer that leads to itself")]
    [InlineData("with a search tree that goes round")]
    [InlineData("of networks without places")]
    public async Task A_bad_MaxMind_file_stops_the_start_with_one_line(string name)
    {
        await File.WriteAllBytesAsync(Path, BadMaxMindFiles.All[name].File);
        await RequireRefusalAsync(BadMaxMindFiles.All[name].Says);
    }

    [Fact]
    public Task A_missing_file_stops_the_start_with_one_line() =>
        RequireRefusalAsync("it does not exist. Correct Geolocation:Path in appsettings.json");

    [Fact]
    public Task A_folder_stops_the_start_with_one_line()
    {
        Directory.CreateDirectory(Path);
        return RequireRefusalAsync("it is a folder");
    }

    [Fact]
    public async Task A_good_file_is_used_and_logged()
    {
        await File.WriteAllBytesAsync(Path, BadPlaceFiles.Good());
        await using var application = AccountsProcess.Run(null, ("Storage__Path", _folder.File("accounts.db")), ("Geolocation__Path", Path));
        await application.ListeningAsync();
        Assert.Contains($"Loaded {Path} to find places: DB3 of 2026-06-01", application.Output, StringComparison.Ordinal);
    }

    // The file's name still ends in ".bin".
    [Fact]
    public async Task A_MaxMind_file_is_known_by_its_content()
    {
        await File.WriteAllBytesAsync(Path, MaxMindData.Sample().Write());
        await using var application = AccountsProcess.Run(null, ("Storage__Path", _folder.File("accounts.db")), ("Geolocation__Path", Path));
        await application.ListeningAsync();
        Assert.Contains($"Loaded {Path} to find places: GeoLite2-City of 2026-06-01", application.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task RequireRefusalAsync(string says)
    {
        await using var application = AccountsProcess.Run(null, ("Storage__Path", _folder.File("accounts.db")), ("Geolocation__Path", Path));
        Assert.Equal(1, await application.ExitAsync());
        var line = Assert.Single(application.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"The geolocation file {Path} cannot be used: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("accounts.db")));
    }
}
