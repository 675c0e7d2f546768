using Accounts.Core.Audit;

namespace Accounts.Tests.Core.Audit;

/// <summary>The sessions that one act ended, as the text of one column.</summary>
public sealed class EndedSessionListTests
{
    private static readonly Guid Id = Guid.Parse("019c0000-0000-7000-8000-000000000001");

    [Fact]
    public void What_is_written_is_read_again()
    {
        EndedSession[] sessions = [new(Id, "Büro \"2\" </script>", "Mosaic 1"), new(Guid.Empty, null, null)];
        Assert.Equal(sessions, EndedSessionList.Read(EndedSessionList.Write(sessions)));
        Assert.Empty(EndedSessionList.Read(null));
        Assert.Empty(EndedSessionList.Read(EndedSessionList.Write([])));
    }

    [Fact]
    public void A_long_title_is_cut_like_that_of_one_session()
    {
        var read = EndedSessionList.Read(EndedSessionList.Write([new(Id, null, new string('a', 300))]));
        Assert.Equal(AuditEventRow.DeviceLimit, Assert.Single(read).Device!.Length);
    }

    // The texts in databases: they must be read for ever.
    [Fact]
    public void A_text_of_another_version_is_read_for_what_is_known_here() => Assert.Equal(
        [new EndedSession(Id, "Phone", "Mosaic 1")],
        EndedSessionList.Read($$"""[{"id":"{{Id}}","name":"Phone","device":"Mosaic 1","later":[1]}]"""));
}
