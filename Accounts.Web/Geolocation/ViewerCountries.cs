using Microsoft.JSInterop;

namespace Accounts.Web.Geolocation;

/// <summary>What countries are called in the language of the viewer's browser. It decides what a filter finds, and nothing else.</summary>
internal static class ViewerCountries
{
    private const int NameLimit = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the browser (viewer.js) for the names of countries by their codes. Of a browser that does not answer each is "".</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AskAsync(IJSRuntime browser, IReadOnlyCollection<string> codes)
    {
        if (codes.Count == 0)
            return new Dictionary<string, string>(StringComparer.Ordinal);

        var answer = await AskAsync();
        return codes.ToDictionary(code => code, code => answer?.GetValueOrDefault(code) is { Length: <= NameLimit } name ? name : "", StringComparer.Ordinal);

        // It may be anything, nothing too.
        async Task<Dictionary<string, string?>?> AskAsync()
        {
            try
            {
                return await browser.InvokeAsync<Dictionary<string, string?>?>("viewerCountries", Patience, [codes]);
            }
            catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException or System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }
}
