using Microsoft.JSInterop;

namespace Accounts.Web.Geolocation;

/// <summary>Country names in the browser's language. Only filters use them.</summary>
internal static class ViewerCountries
{
    private const int NameLimit = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the browser (viewer.js) to name countries by code. If the browser doesn't answer, every name is "".</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AskAsync(IJSRuntime browser, IReadOnlyCollection<string> codes)
    {
        if (codes.Count == 0)
            return new Dictionary<string, string>(StringComparer.Ordinal);

        var answer = await AskAsync();
        return codes.ToDictionary(code => code, code => answer?.GetValueOrDefault(code) is { Length: <= NameLimit } name ? name : "",
            StringComparer.Ordinal);

        // The browser may send any answer, or none.
        async Task<Dictionary<string, string?>?> AskAsync()
        {
            try
            {
                return await browser.InvokeAsync<Dictionary<string, string?>?>("viewerCountries", Patience, [codes]);
            }
            catch (Exception failure)
                when (failure is JSException or JSDisconnectedException or OperationCanceledException or System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }
}
