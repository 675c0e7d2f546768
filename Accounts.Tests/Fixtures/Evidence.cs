namespace Accounts.Tests.Fixtures;

/// <summary>What a test leaves behind for whoever reads in a log that it failed. It is shown with the failure, and of tests that pass not at all.</summary>
internal static class Evidence
{
    private const int Enough = 3_000;

    /// <param name="what">What it is of.</param>
    /// <param name="text">Of a long one the end is left.</param>
    public static void Leave(string what, string text)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {what}\n{(text.Length > Enough ? "…" + text[^Enough..] : text)}");
        }
        catch (InvalidOperationException)
        {
            // The test is over: nobody reads it.
        }
    }
}
