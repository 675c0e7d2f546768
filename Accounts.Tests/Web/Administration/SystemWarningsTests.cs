using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Administration;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;

namespace Accounts.Tests.Web.Administration;

/// <summary>What is wrong becomes a warning that says what to do. What is right becomes none.</summary>
public sealed class SystemWarningsTests
{
    private static readonly DatabaseFacts Database = new("SQLite 3.50.4", "/var/lib/accounts/accounts.db", 5 << 20) { FreeBytes = 1L << 40 };

    private static readonly SystemState Fine = new()
    {
        At = TestClock.Start,
        StartedAt = TestClock.Start,
        LiveSessions = 1,
        Endings = new Dictionary<EndReason, int>(),
        Database = Database,
        Places = new PlaceSource(null, "DB1", new DateOnly(2026, 1, 1), null) { OldAfter = TestClock.Start },
        Push = Told(95, 1_000),
    };

    private static readonly Dictionary<string, (SystemState State, string Part, string Title, string Advice)> Wrong = new(StringComparer.Ordinal)
    {
        ["short of room"] = (Fine with { Database = Database with { FreeBytes = (1 << 30) - 1 } }, "Room",
            "The database's disk has only 1,023.9 MB left", "Make room, or move the database to a larger disk."),
        ["large log"] = (Fine with { Database = Database with { LargeLogBytes = 65 << 20 } }, "Database",
            "The write-ahead log of the database has 65 MB", "Look for a backup or a shell, and end it."),
        ["readable"] = (Fine with { Database = Database with { IsReadableByOthers = true } }, "Database",
            "Other users of this computer can perhaps read the database",
            "Take the right to read these files away from others: /var/lib/accounts/accounts.db*"),
        ["pending"] = (Fine with { Database = Database with { Pending = ["1", "2"] } }, "Tables",
            "2 migrations are missing from the database", "Stop Accounts, put the right database in place, and start it."),
        ["places refused"] = (Fine with { Places = Fine.Places with { Problem = "It is empty." } }, "Places",
            "The newer geolocation file can't be used", "It still uses the one below. It is empty."),
        ["places old"] = (Fine with { At = TestClock.Start.AddDays(1) }, "Places",
            "The geolocation data is 60 days old", "Update Accounts, or use a file of your own."),
        ["push"] = (Fine with { Push = Told(1_001, 1_500) }, "Push",
            "Open pages learn late of an ending: 5 % after more than 1.0 s", "Look at the server's load, and at what else runs there."),
        ["hashing"] = (Fine with { HashingRefusedAt = TestClock.Start }, "SignIn",
            "Too many passwords waited, last 1 Mar 2026, 12:00 UTC. Their sign-ins were refused", "raise PasswordHashing:Concurrency"),
        ["forms"] = (Fine with { FormsRefusedAt = TestClock.Start }, "SignIn",
            "Too many sign-ins waited, last 1 Mar 2026, 12:00 UTC. Some were refused", "raise PasswordHashing:Concurrency"),
        ["clock behind"] = (Fine with { ClockLag = TimeSpan.FromMinutes(5) }, "Clock",
            "The server's clock is 5 min behind the newest session", "Correct the clock."),
        ["clock set back"] = (Fine with { ClockBack = TimeSpan.FromHours(2) }, "Clock",
            "The server's clock was set back by 2 h 0 min", "If the clock is right now, restart Accounts."),
    };

    public static TheoryData<string> Names => [.. Wrong.Keys];

    [Fact]
    public void What_is_right_becomes_none() => Assert.Empty(SystemWarnings.Of(Fine, null, null));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_wrong_becomes_one(string name)
    {
        var (state, part, title, advice) = Wrong[name];
        var warning = Assert.Single(SystemWarnings.Of(state, null, null));
        Assert.Equal((part, title), ($"{warning.Part}", Text(warning.Title)));
        Assert.Contains(advice, Text(warning.Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_problem_of_the_database_is_said_in_words()
    {
        var said = Enum.GetValues<DatabaseProblem>().Select(problem => Assert.Single(SystemWarnings.Of(Fine, problem, null))).ToList();
        Assert.All(said, warning => Assert.Equal((SystemPart.Database, "The database saves nothing"), (warning.Part, Text(warning.Title))));
        Assert.Equal(said.Count, said.Select(warning => Text(warning.Advice)).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(0L, "0 kB")]
    [InlineData(1023L, "0.9 kB")]
    [InlineData(12L << 20, "12 MB")]
    [InlineData((1L << 30) - 1, "1,023.9 MB")]
    [InlineData(1536L << 20, "1.5 GB")]
    [InlineData(3L << 40, "3 TB")]
    [InlineData(null, "Unknown")]
    public void A_size_has_a_unit_and_never_says_too_much(long? bytes, string text) => Assert.Equal(text, SystemText.Size(bytes));

    private static PushTimes Told(int most95, int most99) =>
        new(200, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(most95), TimeSpan.FromMilliseconds(most99));

    private static string Text(MarkupString markup) => new HtmlParser().ParseDocument(markup.Value).Body!.TextContent.Trim();
}
