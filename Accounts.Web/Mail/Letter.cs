namespace Accounts.Web.Mail;

/// <summary>The words of an email, before they have a look.</summary>
/// <param name="Subject">The subject, which is also the heading.</param>
/// <param name="Preview">What a list of emails shows after the subject.</param>
/// <param name="Lead">What happened, or what the email is for.</param>
internal sealed record Letter(string Subject, string Preview, string Lead)
{
    /// <summary>The button's text, and its path on the dashboard; null if there is no button.</summary>
    public (string Text, string Path)? Button { get; init; }

    /// <summary>The code to type, in groups; null if there is none.</summary>
    public string? Code { get; init; }

    /// <summary>The table of facts: a name and a value in each row.</summary>
    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>What to do, if it was you and if it wasn't.</summary>
    public required IReadOnlyList<string> Closing { get; init; }

    /// <summary>Whether something happened to the account: readers may distrust the button, and open the dashboard themselves.</summary>
    public bool IsNotice { get; init; }
}

/// <summary>What each email has around its words.</summary>
/// <param name="Greeting">"Hello Ada,"; null if the recipient has no name.</param>
/// <param name="Dashboard">The address that links begin with.</param>
/// <param name="Footer">Why the recipient has the email.</param>
internal sealed record Envelope(string? Greeting, Uri Dashboard, string Footer)
{
    /// <summary>The button's address; null if there is no button.</summary>
    public Uri? LinkOf(Letter letter) => letter.Button is { } button ? new Uri(Dashboard, button.Path) : null;

    /// <summary>The last line of a notice; null for other emails.</summary>
    public string? HintOf(Letter letter) => letter.IsNotice ? Texts.FormatMail_OpenYourself(Dashboard.Authority) : null;
}
