using System.Net;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Walks;

/// <summary>docs/walks/own-application.md, done to the letter in an empty folder: its commands, its files and its clicks.</summary>
[Collection(BrowserTests.Name)]
public sealed class OwnApplicationWalkTests(Chromium chromium, Packages packages) : IClassFixture<Packages>
{
    private static readonly WalkPage Page = new("docs/walks/own-application.md");

    private static readonly (string Label, string Value)[] Ada = [("Email", "ada@example.test"), ("Password", "a passphrase for tests")];

    [Fact]
    public async Task A_new_application_terminates_another_browser()
    {
        using var user = new PackageUser(packages);
        await using var application = await FollowAsync(user);
        var site = await application.ListeningAsync();
        await using var owner = await Person.OpenAsync(chromium, site);
        await using var victim = await Person.OpenAsync(chromium, site, Visitor.Phone);
        var words = new Queue<string>(Page.Bold);

        await owner.GoAsync("/");
        await Person.WaitForPathAsync(owner.Page, "/sign-in");
        await owner.PressAsync(Next("Create an account"));
        await owner.FillAsync([("Name", "Ada"), .. Ada]);
        await owner.PressAsync(Next("Register"));
        await Person.WaitForPathAsync(owner.Page, "/");

        // Nobody has to sign in to see that there is no such page.
        Assert.Equal((int)HttpStatusCode.NotFound, (await victim.GoAsync("/nowhere"))!.Status);
        // Nobody opens a circuit before they are signed in, so the page doesn't ask for one. Guard: IsAuthenticated in SessionWatch.
        const string Circuit = "\"type\":\"server\"";
        Assert.DoesNotContain(Circuit, await (await victim.GoAsync("/"))!.TextAsync(), StringComparison.Ordinal);
        await victim.FillAsync(Ada);
        await victim.PressAsync(Next("Sign in"));
        await victim.PressAsync(Next("Counter"));
        await Person.WaitForPathAsync(victim.Page, "/counter");
        var click = Next("Click me");
        // The page ignores clicks until its circuit is up.
        await Patience.UntilAsync(async () =>
        {
            await victim.PressAsync(click);
            return await victim.Page.GetByText("Current count: 0").CountAsync() is 0;
        });
        Assert.Contains(Circuit, await (await victim.GoAsync("/"))!.TextAsync(), StringComparison.Ordinal);
        await victim.WaitForWatchAsync();

        await owner.PressAsync(Next("Sessions"));
        var sessions = owner.Page.GetByRole(AriaRole.Row);
        await Assertions.Expect(sessions).ToHaveCountAsync(2);
        await Assertions.Expect(sessions.Filter(new() { HasText = "This browser" })).ToHaveCountAsync(1);
        await Person.WaitForPathAsync(victim.Page, "/");
        await owner.PressAsync(Next("Terminate"));

        await Assertions.Expect(victim.Page.GetByText(Next("You're signed out"))).ToBeVisibleAsync();
        await Assertions.Expect(victim.Page.GetByText("Another of your browsers ended this session.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Terminated");
        await Assertions.Expect(sessions).ToHaveCountAsync(1);
        Assert.Empty(words);

        await victim.GoAsync("/counter");
        await Person.WaitForSignedOutAsync(victim.Page);
        await owner.PressAsync("Sign out");
        await Person.WaitForSignedOutAsync(owner.Page);

        // The log of a new application says what Accounts does, and spares it the statements.
        Assert.Contains("Applying migration", application.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("DbCommand", application.Output, StringComparison.Ordinal);

        // The page's next word, which must be this one.
        string Next(string word)
        {
            Assert.Equal(word, words.Dequeue());
            return word;
        }
    }

    [Fact]
    public void Accounts_needs_as_many_lines_of_the_program_as_the_page_says()
    {
        var gained = Page.Steps.OfType<WalkStep.Change>().Where(change => change.File is "Program.cs").Sum(change => change.Gained);
        Assert.Equal(6, gained);
        Assert.Contains("Accounts needs six lines of your program.", Repository.Read("docs/walks/own-application.md"), StringComparison.Ordinal);
    }

    /// <summary>Does what the page says, up to the start of the application.</summary>
    private static async Task<AccountsProcess> FollowAsync(PackageUser user)
    {
        var folder = "";
        foreach (var step in Page.Steps)
        {
            switch (step)
            {
                case WalkStep.Run { Commands: var commands }:
                    foreach (var command in commands)
                    {
                        switch (command.Split(' '))
                        {
                            case ["cd", var into]:
                                folder = Path.Combine(folder, into);
                                break;
                            case ["dotnet", "run"]:
                                // A failure to build says why, and takes its time.
                                await user.DotnetInAsync(folder, "build");
                                return AccountsProcess.RunProject(Path.Combine(user.Path, folder), user.Variables);
                            case ["dotnet", .. var arguments]:
                                await user.DotnetInAsync(folder, arguments);
                                break;
                            default:
                                Assert.Fail($"The test can't run this command: {command}");
                                break;
                        }
                    }

                    break;
                case WalkStep.Add { File: var file, Content: var content }:
                    Assert.False(File.Exists(Path.Combine(user.Path, folder, file)), $"{file} is there already.");
                    user.Write(Path.Combine(folder, file), content);
                    break;
                case WalkStep.Change change:
                    user.Write(Path.Combine(folder, change.File), change.Apply(File.ReadAllText(Path.Combine(user.Path, folder, change.File))));
                    break;
            }
        }

        throw new InvalidOperationException("The page doesn't start the application.");
    }
}
