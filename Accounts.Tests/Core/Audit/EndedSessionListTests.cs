using Accounts.Core.Audit;

namespace Accounts.Tests.Core.Audit;

/// <summary>The sessions that one event ended, stored as text in one column.</summary>
public sealed class EndedSessionListTests
{
    private static readonly Guid Id = Guid.Parse("019c0000-0000-7000-8000-000000000001");

    [Fact]
    public void A_list_round_trips()
    {
        EndedSession[] sessions = [new(Id, "Büro \"2\" </script>", "Mosaic 1"), new(Guid.Empty, null, null)];
        Assert.Equal(sessions, EndedSessionList.Read(EndedSessionList.Write(sessions)));
        Assert.Empty(EndedSessionList.Read(null));
        Assert.Empty(EndedSessionList.Read(EndedSessionList.Write([])));
    }

    [Fact]
    public void A_long_title_is_cut_like_a_single_sessions_title()
    {
        var read = EndedSessionList.Read(EndedSessionList.Write([new(Id, null, new string('a', 300))]));
        Assert.Equal(AuditDetailsRow.DeviceLimit, Assert.Single(read).Device!.Length);
    }

    // Databases contain these texts, so they must stay readable forever.
    [Fact]
    public void A_text_from_another_version_is_read_as_far_as_known() => Assert.Equal(
        [new EndedSession(Id, "Phone", "Mosaic 1")],
        EndedSessionList.Read($$"""[{"id":"{{Id}}","name":"Phone","device":"Mosaic 1","later":[1]}]"""));
}
