using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

public sealed class SessionFeedTests
{
    private static readonly UserId Ada = new(Guid.NewGuid());
    private static readonly SessionChange Change = new SessionChange.Started(Ada, SessionId.New(TestClock.Start));

    [Fact]
    public async Task A_subscriber_that_throws_does_not_stop_the_others()
    {
        await using var host = CoreHost.Start();
        List<string> heard = [];
        using var one = host.Feed.Subscribe(_ => heard.Add("one"));
        using var bad = host.Feed.Subscribe(_ => throw new InvalidOperationException("A page fell over."));
        using var two = host.Feed.Subscribe(_ => heard.Add("two"));

        host.Feed.Publish(Change);
        host.Feed.Publish(Change);

        Assert.Equal("one one two two", string.Join(' ', heard.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_subscriber_for_one_person_hears_only_of_them()
    {
        await using var host = CoreHost.Start();
        List<SessionChange> heard = [];
        using var subscription = host.Feed.Subscribe(Ada, heard.Add);

        host.Feed.Publish(new SessionChange.Started(new UserId(Guid.NewGuid()), SessionId.New(TestClock.Start)));
        Assert.Empty(heard);
        host.Feed.Publish(Change);
        Assert.Equal([Change], heard);
    }

    [Fact]
    public async Task Nobody_hears_after_unsubscribing_even_from_within()
    {
        await using var host = CoreHost.Start();
        var heard = 0;
        IDisposable? subscription = null;
        subscription = host.Feed.Subscribe(_ =>
        {
            heard++;
            subscription!.Dispose();
        });

        host.Feed.Publish(Change);
        host.Feed.Publish(Change);

        Assert.Equal(1, heard);
    }
}
