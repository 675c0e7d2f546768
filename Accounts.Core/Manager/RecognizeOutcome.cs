namespace Accounts.Core.Manager;

/// <summary>The outcome of the answer "Yes, it was me".</summary>
public enum RecognizeOutcome
{
    /// <summary>The session isn't in question any more.</summary>
    Recognized,

    /// <summary>
    /// There is no open question: the session was answered before, has ended, is older than a week or was never new. The same answer is given for
    /// another user's session and for an unknown one. Nothing changed.
    /// </summary>
    NotInQuestion,

    /// <summary>
    /// The caller's session can't answer: its own sign-in is in question, or the account didn't know its browser before the other one signed in.
    /// Nothing changed.
    /// </summary>
    NotAllowed,

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    CallerEnded,
}
