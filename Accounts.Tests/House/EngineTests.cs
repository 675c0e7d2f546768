using System.Text.RegularExpressions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>The programs that <c>.ci/run</c> installs for a full run. Chromium isn't listed: the browser tests start it.</summary>
public sealed class EngineTests
{
    [Theory]
    [InlineData("postgres", "/usr/lib/postgresql/15/bin/postgres", "--version", @"PostgreSQL\) 15\.", "apt-get install postgresql-15")]
    [InlineData("nginx", "/usr/sbin/nginx", "-v", "nginx/", "apt-get install nginx")]
    [InlineData("node", "/usr/bin/node", "--version", @"^v\d", "apt-get install nodejs")]
    [InlineData("fc-list", "/usr/bin/fc-list", "Noto Sans CJK JP", "Noto Sans CJK", "apt-get install fontconfig fonts-noto-cjk")]
    [InlineData("fc-list", "/usr/bin/fc-list", "Noto Color Emoji", "Noto Color Emoji", "apt-get install fontconfig fonts-noto-color-emoji")]
    [InlineData("fc-list", "/usr/bin/fc-list", "Roboto", "Roboto", "apt-get install fontconfig fonts-roboto")]
    public async Task A_full_run_finds_every_engine(string name, string place, string argument, string answer, string remedy)
    {
        var missing = $"There is no {(name is "fc-list" ? $"font {argument}" : name)} here.";
        if (Engine.Find(name, place) is not { } program)
        {
            Engine.Missing(missing, $"Debian: {remedy}.");
            return;
        }

        var (exitCode, output) = await Command.RunAsync(program, AppContext.BaseDirectory, argument);
        if (!Regex.IsMatch(output, answer, RegexOptions.None, TimeSpan.FromSeconds(1)))
            Engine.Missing(missing, $"Debian: {remedy}. {program} said: {output}");
        Assert.Equal(0, exitCode);
    }
}
