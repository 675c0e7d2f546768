namespace Accounts.Core.Sessions;

/// <summary>A page of a long table, and where its rows are among all.</summary>
/// <param name="Count">How many rows it has.</param>
/// <param name="Total">How many rows all pages have together.</param>
/// <param name="Page">Which page it is, from 1.</param>
/// <param name="Cut">Whether there are older rows that were not looked at.</param>
public abstract record TablePage(int Count, int Total, int Page, bool Cut)
{
    /// <summary>Rows of one page.</summary>
    public const int Size = 25;

    /// <summary>How many pages there are, one at least.</summary>
    public int Pages => PagesOf(Total);

    /// <summary>The place of the first row among all, from 1; 0 if there is none.</summary>
    public int First => Count == 0 ? 0 : ((Page - 1) * Size) + 1;

    /// <summary>The place of the last row among all; 0 if there is none.</summary>
    public int Last => Count == 0 ? 0 : First + Count - 1;

    /// <summary>The rows of the page that is asked for, and which page that is: one behind the last is the last.</summary>
    internal static (int Page, IReadOnlyList<T> Rows) Of<T>(IReadOnlyList<T> all, int asked)
    {
        var page = Math.Clamp(asked, 1, PagesOf(all.Count));
        return (page, [.. all.Skip((page - 1) * Size).Take(Size)]);
    }

    private static int PagesOf(int total) => Math.Max(1, (total + Size - 1) / Size);
}
