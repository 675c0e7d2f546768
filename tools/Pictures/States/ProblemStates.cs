namespace Accounts.Pictures.States;

/// <summary>The error pages.</summary>
internal static class ProblemStates
{
    public static IEnumerable<State> All =>
    [
        new("problem", "not-found", "Page not found", async scene =>
        {
            await scene.Page.GotoAsync("/nowhere");
            await scene.SeeAsync("Page not found");
        }),
        new("problem", "not-found-signed-in", "Page not found, signed in", async scene =>
        {
            await scene.SignInAsync("/settings");
            await scene.Page.GotoAsync("/nowhere");
            await scene.SeeAsync("Page not found");
        }),
        new("problem", "error", "Something went wrong", async scene =>
        {
            await scene.Page.GotoAsync("/problem/500");
            await scene.SeeAsync("Something went wrong");
        }),
        new("problem", "no-database", "The database does not answer", async scene =>
        {
            await scene.SignInAsync("/settings/password");
            scene.Outage.On = true;
            await scene.Page.GotoAsync("/settings");
            await scene.SeeAsync("We can't load this page");
        }),
        new("problem", "other-site", "Another site sent a form", async scene =>
        {
            await scene.Page.GotoAsync("/help/access");
            var action = new Uri(new Uri(scene.Page.Url), "/sign-out");
            await scene.Page.GotoAsync("about:blank");
            await scene.Page.SetContentAsync($"""<form method="post" action="{action}"><button>Send</button></form>""");
            await scene.Page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
            await scene.SeeAsync("This request came from another site");
        }),
    ];
}
