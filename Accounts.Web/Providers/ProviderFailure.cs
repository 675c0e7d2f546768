using Accounts.Core.Users;

namespace Accounts.Web.Providers;

/// <summary>What goes wrong between this server and a provider.</summary>
internal static class ProviderFailure
{
    private const int LoggedLength = 300;

    /// <summary>Whether the provider can't be reached, or doesn't describe itself.</summary>
    /// <param name="failure">What reading its description, or sending a request ahead, threw.</param>
    /// <param name="aborted">Cancels if the browser gave up, which is nobody's failure.</param>
    public static bool IsUnreachable(this Exception failure, CancellationToken aborted) =>
        failure is InvalidOperationException or HttpRequestException or IOException
        || (failure is OperationCanceledException && !aborted.IsCancellationRequested);

    /// <summary>A failure's message for the log. The provider, or whoever made its answer up, may have written a part of it.</summary>
    public static string Tidy(string? message) => TypedText.Cut(TypedText.Clean(message), LoggedLength);
}
