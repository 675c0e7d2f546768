using System.Globalization;

namespace Accounts.Web.SignIn;

/// <summary>Tells the user and the browser how long to wait.</summary>
internal static class Wait
{
    private const int SecondsLimit = 90;

    private const int MinutesLimit = 90;

    /// <summary>Sets "429 Too Many Requests" and Retry-After on the response.</summary>
    /// <returns>What to tell the user.</returns>
    public static string TooMany(HttpResponse response, TimeSpan wait)
    {
        Tell(response, wait, StatusCodes.Status429TooManyRequests);
        return Texts.FormatForm_TooManyAttempts(Words(wait));
    }

    /// <summary>Like <see cref="TooMany"/>, for a sign-in. It also suggests a browser that the account knows.</summary>
    public static string TooManyHere(HttpResponse response, TimeSpan wait)
    {
        Tell(response, wait, StatusCodes.Status429TooManyRequests);
        return Texts.FormatForm_TooManyAttemptsHere(Words(wait));
    }

    /// <summary>Sets "503 Service Unavailable" and Retry-After: the server has too many passwords to check.</summary>
    /// <returns>What to tell the user.</returns>
    public static string Busy(HttpResponse response, TimeSpan wait)
    {
        Tell(response, wait, StatusCodes.Status503ServiceUnavailable);
        return Texts.FormatForm_Busy(Words(wait));
    }

    /// <summary>"in 40 seconds", "in 5 minutes", "in 24 hours". Rounds up, so the next try succeeds.</summary>
    public static string Words(TimeSpan wait) => Seconds(wait) switch
    {
        <= SecondsLimit and var seconds => Plural.Of(nameof(Texts.Form_InSeconds_other), seconds),
        > 60 * MinutesLimit => Plural.Of(nameof(Texts.Form_InHours_other), (int)Math.Ceiling(wait.TotalHours)),
        _ => Plural.Of(nameof(Texts.Form_InMinutes_other), (int)Math.Ceiling(wait.TotalMinutes)),
    };

    private static void Tell(HttpResponse response, TimeSpan wait, int status)
    {
        response.StatusCode = status;
        response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
    }

    private static int Seconds(TimeSpan wait) => (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds));
}
