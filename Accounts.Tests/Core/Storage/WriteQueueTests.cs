using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Storage;

public sealed class WriteQueueTests
{
    [Fact]
    public async Task Endings_go_first_and_each_priority_keeps_its_order()
    {
        var queue = new WriteQueue(new WriterLimits(1, 1));
        var holder = await queue.EnterAsync(WritePriority.Ordinary);
        List<string> order = [];
        Task[] waiting =
        [
            WriteAsync("flush 1", WritePriority.Ordinary),
            WriteAsync("flush 2", WritePriority.Ordinary),
            WriteAsync("ending 1", WritePriority.Ending),
            WriteAsync("ending 2", WritePriority.Ending),
        ];
        Assert.Empty(order);
        holder.Dispose();

        await Task.WhenAll(waiting);

        Assert.Equal("ending 1, ending 2, flush 1, flush 2", string.Join(", ", order));

        async Task WriteAsync(string name, WritePriority priority)
        {
            using var turn = await queue.EnterAsync(priority);
            order.Add(name);
        }
    }

    // Guard: limits.Ordinary in WriteQueue.TryStart, and the order in Leave.
    [Fact]
    public async Task Ordinary_writers_leave_places_for_endings()
    {
        var queue = new WriteQueue(new WriterLimits(Total: 3, Ordinary: 2));
        var (first, second) = (await queue.EnterAsync(WritePriority.Ordinary), await queue.EnterAsync(WritePriority.Ordinary));
        var third = queue.EnterAsync(WritePriority.Ordinary).AsTask();
        Assert.False(third.IsCompleted);
        var ending = await queue.EnterAsync(WritePriority.Ending);
        var next = queue.EnterAsync(WritePriority.Ending).AsTask();
        Assert.False(next.IsCompleted);

        // The place goes to the ending that came later, the next one to the ordinary writer.
        first.Dispose();
        var later = await next.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.False(third.IsCompleted);
        ending.Dispose();
        (await third.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken)).Dispose();
        second.Dispose();
        later.Dispose();
    }

    [Fact]
    public async Task Only_one_writer_runs_at_a_time()
    {
        var queue = new WriteQueue(new WriterLimits(1, 1));
        var inside = 0;
        await Parallel.ForAsync(0, 2_000, async (i, _) =>
        {
            using var turn = await queue.EnterAsync(i % 3 == 0 ? WritePriority.Ending : WritePriority.Ordinary);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            Assert.Equal(0, Interlocked.Decrement(ref inside));
        });

        Assert.True(queue.EnterAsync(WritePriority.Ordinary).IsCompleted);
        Assert.False(queue.EnterAsync(WritePriority.Ending).IsCompleted);
    }
}
