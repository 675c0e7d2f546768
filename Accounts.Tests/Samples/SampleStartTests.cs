using System.Text.Json;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Samples;

/// <summary>The samples start as their READMEs say.</summary>
public sealed class SampleStartTests(SamplePrograms samples) : IClassFixture<SamplePrograms>
{
    // Guard: ASPNETCORE_ENVIRONMENT in launchSettings.json. In production, a project that isn't published has no styles and no scripts.
    [Theory]
    [InlineData("OwnLook", "/site.css", "/_framework/blazor.web.js")]
    [InlineData("IdentityUsers", "/site.css", "/_framework/blazor.server.js")]
    public async Task Dotnet_run_brings_the_styles_and_the_scripts(string sample, params string[] files)
    {
        await using var application = await samples.RunProjectAsync(sample);
        using var visitor = new Visitor(await application.ListeningAsync(), Visitor.Chrome);
        foreach (var file in files)
            Assert.NotEmpty(await visitor.ReadAsync(file));
    }

    [Theory]
    [InlineData("OwnLook")]
    [InlineData("IdentityUsers")]
    [InlineData("MinimalApi")]
    public void The_README_names_the_address(string sample)
    {
        using var settings = JsonDocument.Parse(Repository.Read($"samples/{sample}/Properties/launchSettings.json"));
        var address = settings.RootElement.GetProperty("profiles").GetProperty(sample).GetProperty("applicationUrl").GetString()!;
        Assert.Contains($" {address}", Repository.Read($"samples/{sample}/README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_password_form_names_its_account()
    {
        var pages = Repository.Files("*.cshtml").Concat(Repository.Files("*.razor"))
            .Where(file => file.StartsWith("samples/", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains("type=\"password\"", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(4, pages.Count);
        Assert.All(pages, page => Assert.Contains("autocomplete=\"username\"", Repository.Read(page), StringComparison.Ordinal));
    }
}
