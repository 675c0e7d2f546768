using System.Collections.Frozen;
using Microsoft.Extensions.FileProviders;

namespace Accounts.Web.Geolocation;

/// <summary>Serves country flags from the server's own files. Windows has no emoji flags, and no third party learns who views which flag.</summary>
internal static class Flags
{
    private const string Path = "/flags";
    private const string Folder = "Accounts.Web.Geolocation.flags";
    private const string Extension = ".svg";

    private static readonly FrozenSet<string> Known = typeof(Flags).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(name => name[(Folder.Length + 1)..^Extension.Length])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The path of a country's flag; null if there is none.</summary>
    /// <param name="country">ISO 3166-1 alpha-2: "DE".</param>
    public static string? AddressOf(string? country) =>
        country is not null && Known.TryGetValue(country, out var name) ? $"flags/{name}{Extension}" : null;

    /// <summary>Serves the flags to everyone. Browsers cache a flag for a month.</summary>
    public static void UseFlags(this WebApplication app) => app.UseStaticFiles(new StaticFileOptions
    {
        RequestPath = Path,
        FileProvider = new EmbeddedFileProvider(typeof(Flags).Assembly, Folder),
        OnPrepareResponse = static response => response.Context.Response.Headers.CacheControl = "public, max-age=2592000",
    });
}
