namespace Accounts.Tests.Fixtures;

/// <summary>What a failed test leaves in the log for its readers. Passing tests show nothing.</summary>
internal static class Evidence
{
    private const int Enough = 3_000;

    /// <param name="what">What the evidence shows.</param>
    /// <param name="text">The evidence. Only the end of a long text is kept.</param>
    public static void Leave(string what, string text)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {what}\n{(text.Length > Enough ? "…" + text[^Enough..] : text)}");
        }
        catch (InvalidOperationException)
        {
            // The test is over, so nobody reads it.
        }
    }
}
