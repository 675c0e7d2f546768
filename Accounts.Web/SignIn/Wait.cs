using System.Globalization;

namespace Accounts.Web.SignIn;

/// <summary>A time to wait, in words and in the answer's headers.</summary>
internal static class Wait
{
    /// <summary>Makes an answer "429 Too Many Requests" with its Retry-After.</summary>
    /// <returns>What to tell people, without the full stop: some pages know another way.</returns>
    public static string TooMany(HttpResponse response, TimeSpan wait)
    {
        Tell(response, wait, StatusCodes.Status429TooManyRequests);
        return $"Too many attempts. Try again {Words(wait)}";
    }

    /// <summary>Makes an answer "503 Service Unavailable" with its Retry-After: the server has too many passwords to check.</summary>
    /// <returns>What to tell people.</returns>
    public static string Busy(HttpResponse response, TimeSpan wait)
    {
        Tell(response, wait, StatusCodes.Status503ServiceUnavailable);
        return $"Too many people are signing in right now. Nothing changed. Try again {Words(wait)}.";
    }

    /// <summary>"in 40 seconds", "in 5 minutes": rounded up, so that trying then works.</summary>
    public static string Words(TimeSpan wait) => Seconds(wait) switch
    {
        1 => "in a second",
        <= 90 and var seconds => string.Create(CultureInfo.InvariantCulture, $"in {seconds} seconds"),
        _ => $"in {Math.Ceiling(wait.TotalMinutes):0} minutes",
    };

    private static void Tell(HttpResponse response, TimeSpan wait, int status)
    {
        response.StatusCode = status;
        response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
    }

    private static int Seconds(TimeSpan wait) => (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds));
}
