using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Accounts.Web.Manager;
using Bunit;

namespace Accounts.Tests.Components;

/// <summary>The question about one sign-in.</summary>
[OnSqlite]
public sealed class SessionQuestionTests
{
    [Theory]
    [InlineData(true, false, "New browser")]
    [InlineData(false, true, "New country")]
    public async Task The_question_says_what_was_new_where_how_and_from_which_address(bool browser, bool country, string what)
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var question = page.Render<SessionQuestion>(parameters => parameters
            .Add(one => one.Session, session with { NewBrowser = browser, NewCountry = country })
            .Add(one => one.MayRecognize, true));

        var title = question.Find("h2").TextContent;
        Assert.StartsWith(what, title, StringComparison.Ordinal);
        Assert.Contains("Safari 19 on iOS 19.1", title, StringComparison.Ordinal);
        Assert.Contains("Local network", title, StringComparison.Ordinal);
        Assert.EndsWith("Was this you?", title, StringComparison.Ordinal);
        Assert.Equal("Signed in from 192.168.7.9 with your password.", question.Find(".says p").TextContent.Trim());
        Assert.Equal(question.Find("h2").Id, question.Find("section").GetAttribute("aria-labelledby"));
    }

    [Fact]
    public async Task Both_answers_name_the_session_and_No_submits_a_form_without_a_circuit()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var told = new List<string>();
        var question = page.Render<SessionQuestion>(parameters => parameters
            .Add(one => one.Session, session)
            .Add(one => one.MayRecognize, true)
            .Add(one => one.OnRecognize, (Session one) => told.Add($"yes {one.Id}"))
            .Add(one => one.OnDeny, (Session one) => told.Add($"no {one.Id}")));

        Assert.Equal(["Yes, it was me", "No, sign it out"], question.FindAll("button").Select(button => button.TextContent), StringComparer.Ordinal);
        await question.FindAll("button")[0].ClickAsync();
        await question.FindAll("button")[1].ClickAsync();
        Assert.Equal([$"yes {session.Id}", $"no {session.Id}"], told, StringComparer.Ordinal);
        Assert.Equal((EndSessionsPage.FormId, session.Id.ToString()),
            (question.FindAll("button")[1].GetAttribute("form"), question.FindAll("button")[1].GetAttribute("value")));
    }

    [Fact]
    public async Task A_session_that_may_not_say_yes_learns_which_device_may()
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var question = page.Render<SessionQuestion>(parameters => parameters.Add(one => one.Session, session));
        Assert.Equal("No, sign it out", Assert.Single(question.FindAll("button")).TextContent);
        Assert.Contains("Use a device you've used before", question.Find(".says p").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "It's signed out now.")]
    [InlineData(false, "You confirmed it was you.")]
    public async Task A_question_answered_elsewhere_shows_the_answer_and_disables_its_buttons(bool ended, string says)
    {
        await using var host = CoreHost.Start();
        var (page, session) = await OpenAsync(host);
        await using var closing = page;
        var question = page.Render<SessionQuestion>(parameters => parameters.Add(one => one.Session, session).Add(one => one.MayRecognize, true));
        question.Render(parameters => parameters.Add(one => one.Session, ended
            ? session with { Ending = new SessionEnding(TestClock.Start, EndReason.Terminated, null, null) }
            : session with { NewBrowser = false, NewCountry = false }));
        Assert.Equal(says, question.Find(".answer").TextContent);
        Assert.StartsWith("New browser: ", question.Find("h2").TextContent, StringComparison.Ordinal);
        // The answered question keeps its place, with its buttons disabled.
        Assert.Equal("question answered", question.Find("section").ClassName);
        Assert.All(question.FindAll("button"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Equal(2, question.FindAll(".asks button").Count);
    }

    private static async Task<(ComponentPage Page, Session Session)> OpenAsync(CoreHost host)
    {
        await host.RegisterAsync();
        var first = await host.SignInAsync();
        var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "192.168.7.9", userAgent: Visitor.Phone));
        var session = (await host.Sessions.ListAsync(first.Caller)).Single(one => one.Id == phone.Id);
        Assert.True(session.IsInQuestion);
        return (await ComponentPage.OpenAsync(host, first), session);
    }
}
