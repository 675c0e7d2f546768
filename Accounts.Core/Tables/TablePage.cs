namespace Accounts.Core.Tables;

/// <summary>A page of a long table, with the position of its rows.</summary>
/// <param name="Count">The number of rows on this page.</param>
/// <param name="Total">The number of rows on all pages.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="Cut">Whether older rows were not searched.</param>
public abstract record TablePage(int Count, int Total, int Page, bool Cut)
{
    /// <summary>Maximum number of rows on a page.</summary>
    internal const int Size = 25;

    /// <summary>The number of pages, at least 1.</summary>
    public int Pages => PagesOf(Total);

    /// <summary>The position of the page's first row among all rows, from 1; 0 if there is none.</summary>
    public int First => Count == 0 ? 0 : ((Page - 1) * Size) + 1;

    /// <summary>The position of the page's last row among all rows; 0 if there is none.</summary>
    public int Last => Count == 0 ? 0 : First + Count - 1;

    /// <summary>The rows of the requested page, and its number. A number past the last page means the last page.</summary>
    internal static (int Page, IReadOnlyList<T> Rows) Of<T>(IReadOnlyList<T> all, int asked)
    {
        var page = Math.Clamp(asked, 1, PagesOf(all.Count));
        return (page, [.. all.Skip((page - 1) * Size).Take(Size)]);
    }

    private static int PagesOf(int total) => Math.Max(1, (total + Size - 1) / Size);
}
