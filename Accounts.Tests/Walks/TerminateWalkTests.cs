using System.Text.RegularExpressions;
using Accounts.Core;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Tests.House;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor;

namespace Accounts.Tests.Walks;

/// <summary>docs/walks/terminate.md describes the click's real path: it names every type that the click passes, and no other.</summary>
public sealed partial class TerminateWalkTests
{
    /// <summary>Types that every request or page passes, whatever it is about. The walk leaves them out.</summary>
    private static readonly string[] Everywhere =
    [
        "AccountsCore", "AccountsWeb", "Program", "SecurityHeaders", "ProblemPages", "RequestRules", "CrossSiteRequests", "CircuitDisconnects",
        "KnownProxies", "QueuedForms",
        "RequestActivity", "ClientHintHeaders", "SessionAntiforgery",
        "App", "Routes", "MainLayout", "PlainLayout", "Icon", "ConnectionPragmas", "QuietEndings",
    ];

    [Fact]
    public async Task The_page_names_the_types_that_the_click_passes()
    {
        var trail = await WalkAsync();
        var known = Product.Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.DeclaringType is null && !type.Name.StartsWith('<'))
            .ToLookup(type => type.Name, StringComparer.Ordinal);
        var named = Quoted().Matches(Repository.Read("docs/walks/terminate.md")).Select(match => match.Groups["name"].Value).Where(known.Contains)
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 10, "The page names almost nothing: has its form changed?");

        // On a stack, or called directly by such a method: code that only takes a lock or compares bytes never logs.
        var seen = trail.Types.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var passed = trail.Methods.SelectMany(RoomScanner.Calls).Where(Trail.IsOurs).Select(type => RoomScanner.Outermost(type).Name).Concat(seen)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal("", string.Join(", ", named.Except(passed, StringComparer.Ordinal)));
        Assert.Equal("",
            string.Join(", ", seen.Except(named, StringComparer.Ordinal).Except(Everywhere, StringComparer.Ordinal).Order(StringComparer.Ordinal)));
        // The trail is specific: types unrelated to ending a session aren't on it.
        Assert.DoesNotContain("PasswordChange", passed);
        Assert.DoesNotContain("SessionStarter", passed);
    }

    private static async Task<Trail> WalkAsync()
    {
        // Only SQLite answers on the calling thread, which keeps the stack whole.
        TestEngine.Use(StorageProvider.Sqlite);
        var trail = new Trail();
        await using var site = AccountsSite.Start(
            trail,
            services => services.AddSingleton<ILoggerProvider>(trail).AddScoped<IDialogService>(provider => Watched(provider, trail)),
            ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
            ("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace"));
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var other = await site.SignInAsync("ada@example.test", Visitor.Phone);
        await using var ownersPage = await site.OpenAsync(owner);
        await using var othersPage = await site.OpenAsync(other, "/settings/password");
        await ownersPage.WaitForBatchAsync(page => page.FindClickHandler("Terminate") is not null, Patience.Limit);
        // The history asks the page's script once whether it's near. That isn't part of the walk.
        await ownersPage.WaitForBatchAsync(page => page.Pushes.Contains("accounts.near", StringComparer.Ordinal), Patience.Limit);

        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = site.Get<SessionFeed>().Subscribe(change =>
        {
            if (change is SessionChange.Departed { Departure: Departure.Confirmed })
                left.TrySetResult();
        });

        trail.Recording = true;
        await ownersPage.ClickAsync("Terminate");
        await ownersPage.WaitForBatchAsync(page => page.FindClickHandler("Cancel") is not null, Patience.Limit);
        await ownersPage.ConfirmAsync("Terminate");
        await othersPage.NavigationPushed.WaitAsync(Patience.Limit);
        await other.ReadAsync("/signed-out");
        await left.Task.WaitAsync(Patience.Limit);
        await ownersPage.WaitForBatchAsync(page => page.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        // The server disconnects a client that stays two seconds later: the walk's last step.
        await othersPage.Closed.WaitAsync(Patience.Limit);
        trail.Recording = false;
        return trail;
    }

    // The dialog receives the card's click without logging anything.
    private static DialogService Watched(IServiceProvider provider, Trail trail)
    {
        var dialogs = ActivatorUtilities.CreateInstance<DialogService>(provider);
        dialogs.DialogInstanceAddedAsync += _ =>
        {
            trail.Note();
            return Task.CompletedTask;
        };
        return dialogs;
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();
}
