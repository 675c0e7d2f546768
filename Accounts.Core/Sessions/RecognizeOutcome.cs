namespace Accounts.Core.Sessions;

/// <summary>How the answer "Yes, it was me" came out.</summary>
public enum RecognizeOutcome
{
    /// <summary>The session isn't in question any more.</summary>
    Recognized,

    /// <summary>
    /// Nobody asks: it was answered before, is over, is older than a week or was never new. Somebody else's and an unknown one are the same.
    /// Nothing changed.
    /// </summary>
    NotInQuestion,

    /// <summary>
    /// The caller's session can't answer. Its own sign-in is in question, or the account didn't know its browser before the other one signed in.
    /// Nothing changed.
    /// </summary>
    NotAllowed,

    /// <summary>The caller's own session has ended meanwhile. Nothing changed.</summary>
    CallerEnded,
}
