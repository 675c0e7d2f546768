using System.Runtime.CompilerServices;

namespace Accounts.Tests.Fixtures;

/// <summary>How long tests wait for what must happen. This time proves nothing: it only ends a test that would wait forever.</summary>
/// <remarks>It is far longer than the slowest machine needs. A test of a time limit states that limit itself.</remarks>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Polls until the condition holds, for changes that send no signal.</summary>
    public static void Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        Assert.True(SpinWait.SpinUntil(condition, Limit), $"Still not so after {Limit}: {what}");

    /// <inheritdoc cref="Until"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Limit, $"Still not so after {Limit}: {what}");
            await Task.Yield();
        }
    }
}
