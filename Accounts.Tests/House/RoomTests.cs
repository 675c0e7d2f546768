using System.Reflection;
using Accounts.Core;
using Accounts.Core.Storage;
using Accounts.Web.Geolocation;

namespace Accounts.Tests.House;

/// <summary>A room uses only rooms on lower floors, and none on its own floor. Every room may use Settings and Storage.</summary>
public sealed class RoomTests
{
    private const string Root = "Accounts.Core";

    private static readonly Dictionary<string, int> Floors = new(StringComparer.Ordinal)
    {
        ["Administration"] = 8,
        ["AuditReading"] = 7, ["History"] = 7,
        ["Manager"] = 6, ["SignIn"] = 6, ["Support"] = 6, ["Tables"] = 6,
        ["Live"] = 5,
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
        ("Accounts.Core.Storage.Migrations.", "*", "They make the tables of every room."),
    ];

    [Fact]
    public void A_room_uses_only_rooms_on_lower_floors()
    {
        var references = RoomScanner.Scan(typeof(AccountsCore).Assembly, Root);
        Assert.True(references.Count > 50, "The scanner found almost nothing: it is broken.");

        var forbidden = references.Where(reference => !IsAllowed(reference) && !Exceptions.Any(e => Covers(e, reference))).ToList();
        Assert.True(forbidden.Count == 0, string.Join('\n', forbidden));
    }

    [Fact]
    public void Every_room_has_a_floor()
    {
        var rooms = typeof(AccountsCore).Assembly.GetTypes().Select(type => RoomScanner.Room(type, Root)).OfType<string>().Where(room => room.Length > 0);
        Assert.Empty(rooms.Except(Floors.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var references = RoomScanner.Scan(typeof(AccountsCore).Assembly, Root).Where(reference => !IsAllowed(reference)).ToList();
        // The migrations currently name tables as text.
        Assert.All(Exceptions.Where(e => !e.From.EndsWith('.')), e => Assert.Contains(references, reference => Covers(e, reference)));
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
        Assert.Contains(references, reference => string.Equals(reference.From.Name, type, StringComparison.Ordinal) && reference is { FromRoom: "Cellar", ToRoom: "Attic" });
    }

    [Fact]
    public void The_scanner_reports_no_false_references()
    {
        var references = RoomScanner.Scan(Assembly.GetExecutingAssembly(), "Accounts.Tests.House.UpsideDown");
        Assert.Equal(8, references.Select(reference => reference.From).Distinct().Count());
        Assert.DoesNotContain(references, reference => reference.From.Name is "KnowsNothingOfIt");
    }

    private static bool IsAllowed(RoomReference reference) =>
        reference.ToRoom is "Settings" or "Storage"
        || (Floors.TryGetValue(reference.FromRoom, out var from) && Floors.TryGetValue(reference.ToRoom, out var to) && to < from);

    private static bool Covers((string From, string ToRoom, string Why) exception, RoomReference reference) =>
        (exception.From.EndsWith('.')
            ? reference.From.FullName!.StartsWith(exception.From, StringComparison.Ordinal)
            : string.Equals(reference.From.FullName, exception.From, StringComparison.Ordinal))
        && (exception.ToRoom is "*" || string.Equals(exception.ToRoom, reference.ToRoom, StringComparison.Ordinal));
}
