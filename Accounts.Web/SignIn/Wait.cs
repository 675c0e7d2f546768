using System.Globalization;

namespace Accounts.Web.SignIn;

/// <summary>A time to wait, in words and in the answer's headers.</summary>
internal static class Wait
{
    /// <summary>Makes an answer "429 Too Many Requests" with its Retry-After.</summary>
    public static void Tell(HttpResponse response, TimeSpan wait)
    {
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>"in 40 seconds", "in 5 minutes": rounded up, so that trying then works.</summary>
    public static string Words(TimeSpan wait) => wait <= TimeSpan.FromSeconds(90)
        ? $"in {Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0} seconds"
        : $"in {Math.Ceiling(wait.TotalMinutes):0} minutes";
}
