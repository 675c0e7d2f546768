using System.Runtime.CompilerServices;

namespace Accounts.Tests.Fixtures;

/// <summary>How long tests wait for what must happen. Nothing is proved by this time: it only ends a test that would wait for ever.</summary>
/// <remarks>So it is far beyond what the slowest machine needs. A limit that is itself the thing under test is written in that test.</remarks>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Looks again and again until it is so, for what gives no signal.</summary>
    public static void Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        Assert.True(SpinWait.SpinUntil(condition, Limit), $"Still not so after {Limit}: {what}");
}
