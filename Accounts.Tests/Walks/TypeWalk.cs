using System.Text.RegularExpressions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Tests.House;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor;

namespace Accounts.Tests.Walks;

/// <summary>A page of docs/walks that names the types that a click passes. A test follows the click and compares.</summary>
/// <param name="path">The page.</param>
/// <param name="leftOut">Types that the click passes on pages which the walk only touches. The walk leaves them out.</param>
internal sealed partial class TypeWalk(string path, params string[] leftOut)
{
    /// <summary>Types that every request or page passes, whatever it is about. A walk leaves them out.</summary>
    private static readonly string[] Everywhere =
    [
        "AccountsCore", "AccountsWeb", "Program", "SecurityHeaders", "ProblemPages", "RequestRules", "CrossSiteRequests", "CircuitDisconnects",
        "KnownProxies", "QueuedForms",
        "RequestActivity", "ClientHintHeaders", "SessionAntiforgery",
        "App", "Routes", "MainLayout", "PlainLayout", "Icon", "ConnectionPragmas", "QuietEndings",
    ];

    /// <summary>Starts the application so that the trail sees as much as possible of what a click passes.</summary>
    public static AccountsSite Start(Trail trail)
    {
        // Only SQLite answers on the calling thread, which keeps the stack whole.
        TestEngine.Use(StorageProvider.Sqlite);
        return AccountsSite.Start(
            trail,
            services => services.AddSingleton<ILoggerProvider>(trail).AddScoped<IDialogService>(provider => Watched(provider, trail)),
            ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
            ("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace"));
    }

    /// <summary>Asserts that the page names every type that the click passed, and no other.</summary>
    /// <param name="trail">The trail of the click.</param>
    /// <param name="elsewhere">Types that have nothing to do with the click. If the trail has one, it has too much.</param>
    public void AssertNamesTypesOf(Trail trail, params string[] elsewhere)
    {
        var known = Product.Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.DeclaringType is null && !type.Name.StartsWith('<'))
            .ToLookup(type => type.Name, StringComparer.Ordinal);
        var named = Quoted().Matches(Repository.Read(path)).Select(match => match.Groups["name"].Value).Where(known.Contains)
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 10, "The page names almost nothing: has its form changed?");

        // On a stack, or called directly by such a method: code that only takes a lock or compares bytes never logs.
        var seen = trail.Types.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var passed = trail.Methods.SelectMany(RoomScanner.Calls).Where(Trail.IsOurs).Select(type => RoomScanner.Outermost(type).Name).Concat(seen)
            .ToHashSet(StringComparer.Ordinal);

        var tooMuch = Listed(named.Except(passed, StringComparer.Ordinal));
        var missing = Listed(seen.Except([.. named, .. Everywhere, .. leftOut], StringComparer.Ordinal));
        Assert.True((tooMuch + missing).Length is 0, $"The page names, and the click doesn't pass: {tooMuch}. The other way round: {missing}.");
        foreach (var name in elsewhere)
        {
            Assert.True(known.Contains(name), $"There is no type {name}.");
            Assert.DoesNotContain(name, passed);
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

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
