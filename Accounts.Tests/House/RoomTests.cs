using System.Reflection;
using Accounts.Core;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>A room uses only rooms on lower floors, and none on its own floor. Every room may use Settings and Storage.</summary>
public sealed class RoomTests
{
    private const string Root = "Accounts.Core";

    private static readonly Dictionary<string, int> Floors = new(StringComparer.Ordinal)
    {
        ["PersonalData"] = 11,
        ["Administration"] = 10, ["Providers"] = 10,
        ["AuditReading"] = 9, ["History"] = 9, ["Passkeys"] = 9, ["Support"] = 9,
        ["SignIn"] = 8,
        ["Manager"] = 7, ["Tables"] = 7, ["TwoFactor"] = 7,
        ["Live"] = 6,
        ["Mail"] = 5,
        ["Sessions"] = 4,
        ["Users"] = 3,
        ["Audit"] = 2,
        ["Callers"] = 1,
        ["Devices"] = 0, ["Geolocation"] = 0, ["Storage"] = 0, ["Settings"] = 0,
    };

    /// <summary>Types that may use higher floors, and why.</summary>
    private static readonly (string From, string ToRoom, string Why)[] Exceptions =
    [
        ("Accounts.Core.Storage.AccountsDbContext", "*", "The one place that names the entities of every room."),
    ];

    [Fact]
    public void A_room_uses_only_rooms_on_lower_floors()
    {
        var references = RoomScanner.Scan(typeof(AccountsOptions).Assembly, Root);
        Assert.True(references.Count > 50, "The scanner found almost nothing: it is broken.");

        var forbidden = references.Where(reference => !IsAllowed(reference) && !Exceptions.Any(e => Covers(e, reference))).ToList();
        Assert.True(forbidden.Count == 0, string.Join('\n', forbidden));
    }

    [Theory]
    [InlineData("Accounts.Core")]
    [InlineData("Accounts.AspNetCore")]
    [InlineData("Accounts.Web")]
    [InlineData("Accounts.Tests")]
    public void No_rooms_depend_on_each_other_in_a_circle(string project)
    {
        var references = References(project);
        Assert.True(references.Count > 5, "The scanner found almost nothing: it is broken.");
        var circles = RoomScanner.Circles(references);
        var why = references.Where(reference => circles.Any(circle => circle.Contains(reference.FromRoom) && circle.Contains(reference.ToRoom)));
        Assert.True(circles.Count == 0, $"{string.Join('\n', circles.Select(circle => string.Join(", ", circle)))}\n{string.Join('\n', why)}");
    }

    [Theory]
    [InlineData("Accounts.Core", "### The core")]
    [InlineData("Accounts.AspNetCore", "### The library for ASP.NET Core")]
    [InlineData("Accounts.Web", "### The application")]
    public void The_picture_of_the_rooms_shows_what_the_code_does(string project, string heading)
    {
        // Every room of the core may use these two. They would be most of the arrows.
        var references = References(project).Where(reference => project is not "Accounts.Core" || reference.ToRoom is not ("Settings" or "Storage"));
        var arrows = RoomScanner.Arrows([.. references]);
        var picture = string.Join('\n', arrows.Select(arrow => $"    {arrow.From} --> {arrow.To}"));
        var page = Repository.Read("docs/architecture.md");
        const string Kind = "flowchart TD\n";
        var begin = page.IndexOf(Kind, page.IndexOf(heading, StringComparison.Ordinal), StringComparison.Ordinal) + Kind.Length;
        var drawn = page[begin..page.IndexOf("\n```", begin, StringComparison.Ordinal)];
        Assert.True(string.Equals(picture, drawn, StringComparison.Ordinal), $"docs/architecture.md must draw:\n{picture}");
    }

    [Fact]
    public void A_circle_of_rooms_is_found()
    {
        var types = RoomScanner.Scan(Assembly.GetExecutingAssembly(), "Accounts.Tests.House.UpsideDown")[0];
        RoomReference[] references = [Between("a", "b"), Between("b", "c"), Between("c", "a"), Between("c", "d"), Between("d", "e")];
        Assert.Equal(["a", "b", "c"], Assert.Single(RoomScanner.Circles(references)).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Empty(RoomScanner.Circles(references[1..]));
        // An arrow that another way already shows isn't drawn.
        Assert.Equal([("b", "c"), ("c", "d"), ("d", "e")],
            RoomScanner.Arrows([.. references[3..], Between("c", "e"), Between("b", "c"), Between("b", "e")]));

        RoomReference Between(string from, string to) => types with { FromRoom = from, ToRoom = to };
    }

    [Fact]
    public void Every_room_has_a_floor()
    {
        var rooms = typeof(AccountsOptions).Assembly.GetTypes().Select(type => RoomScanner.Room(type, Root)).OfType<string>()
            .Where(room => room.Length > 0);
        Assert.Empty(rooms.Except(Floors.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var references = RoomScanner.Scan(typeof(AccountsOptions).Assembly, Root).Where(reference => !IsAllowed(reference)).ToList();
        Assert.All(Exceptions, e => Assert.Contains(references, reference => Covers(e, reference)));
    }

    [Theory]
    [InlineData("CallsIt")]
    [InlineData("CallsItLater")]
    [InlineData("HoldsIt")]
    [InlineData("ReturnsIt")]
    [InlineData("IsIt")]
    [InlineData("NestsIt")]
    [InlineData("IsMarkedWithIt")]
    [InlineData("OnlyAllowsIt`1")]
    public void The_scanner_finds_every_kind_of_reference(string type)
    {
        var references = RoomScanner.Scan(Assembly.GetExecutingAssembly(), "Accounts.Tests.House.UpsideDown");
        Assert.Contains(references,
            reference => string.Equals(reference.From.Name, type, StringComparison.Ordinal) && reference is { FromRoom: "Cellar", ToRoom: "Attic" });
    }

    [Fact]
    public void The_scanner_reports_no_false_references()
    {
        var references = RoomScanner.Scan(Assembly.GetExecutingAssembly(), "Accounts.Tests.House.UpsideDown");
        Assert.Equal(8, references.Select(reference => reference.From).Distinct().Count());
        Assert.DoesNotContain(references, reference => reference.From.Name is "KnowsNothingOfIt");
    }

    private static List<RoomReference> References(string project)
    {
        var assembly = Product.Assemblies.Append(typeof(RoomTests).Assembly)
            .Single(one => string.Equals(one.GetName().Name, project, StringComparison.Ordinal));
        return [.. RoomScanner.Scan(assembly, project).Where(reference => reference.ToRoom.Length > 0 && !Exceptions.Any(e => Covers(e, reference)))];
    }

    private static bool IsAllowed(RoomReference reference) =>
        reference.ToRoom is "Settings" or "Storage"
        || (Floors.TryGetValue(reference.FromRoom, out var from) && Floors.TryGetValue(reference.ToRoom, out var to) && to < from);

    private static bool Covers((string From, string ToRoom, string Why) exception, RoomReference reference) =>
        string.Equals(reference.From.FullName, exception.From, StringComparison.Ordinal)
        && (exception.ToRoom is "*" || string.Equals(exception.ToRoom, reference.ToRoom, StringComparison.Ordinal));
}
