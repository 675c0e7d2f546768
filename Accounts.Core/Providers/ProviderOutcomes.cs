using Accounts.Core.Sessions;

namespace Accounts.Core.Providers;

/// <summary>The outcome of sending a browser to a provider.</summary>
public abstract record BeginProviderOutcome
{
    private BeginProviderOutcome()
    {
    }

    /// <summary>The browser may go, and come back once and within <see cref="ProviderRequest.Patience"/>.</summary>
    /// <param name="Token">A secret that travels to the provider and back, in the state of the request.</param>
    public sealed record Began(string Token) : BeginProviderOutcome;

    /// <summary>Too many began from this address or in this session.</summary>
    /// <param name="Wait">How long to wait before the next one is let in.</param>
    public sealed record Throttled(TimeSpan Wait) : BeginProviderOutcome;

    /// <summary>The account has the maximum number of linked accounts.</summary>
    public sealed record TooMany : BeginProviderOutcome;

    /// <summary>The caller must prove who they are first.</summary>
    public sealed record ProofNeeded : BeginProviderOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : BeginProviderOutcome;
}

/// <summary>The outcome of a sign-in through a provider.</summary>
public abstract record ProviderSignInOutcome
{
    private ProviderSignInOutcome()
    {
    }

    /// <summary>A session started.</summary>
    /// <param name="Session">The session, for the browser's cookie.</param>
    /// <param name="IsNew">Whether the sign-in made the account.</param>
    public sealed record SignedIn(StartedSession Session, bool IsNew) : ProviderSignInOutcome;

    /// <summary>The account has two-factor: go on with <see cref="SignIn.SecondStep"/>. No session started.</summary>
    /// <param name="Token">A secret for this browser's cookie. It lasts for ten minutes.</param>
    public sealed record SecondStepNeeded(string Token) : ProviderSignInOutcome;

    /// <summary>
    /// The account at the provider isn't linked, and an account here has its email. Its owner must sign in another way and link the two.
    /// </summary>
    public sealed record NotLinked : ProviderSignInOutcome;

    /// <summary>There is no account, and a sign-in through this provider makes none.</summary>
    public sealed record NoAccount : ProviderSignInOutcome;

    /// <summary>There is no account, and none was made: the provider says no email, or hasn't verified it.</summary>
    public sealed record EmailNotVerified : ProviderSignInOutcome;

    /// <summary>An administrator disabled the account. No session started.</summary>
    public sealed record AccountDisabled : ProviderSignInOutcome;

    /// <summary>An administrator requires a new password, which a sign-in with the password chooses. No session started.</summary>
    public sealed record NewPasswordRequired : ProviderSignInOutcome;

    /// <summary>The account is to be deleted. No session started.</summary>
    /// <param name="DueAt">When it is deleted.</param>
    /// <param name="ByOwner">Whether its owner did that.</param>
    public sealed record DeletionPending(DateTimeOffset DueAt, bool ByOwner) : ProviderSignInOutcome;

    /// <summary>Too many attempts from this address. Nothing was made.</summary>
    /// <param name="Wait">How long to wait before the next attempt can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : ProviderSignInOutcome;

    /// <summary>The answer doesn't count: the account has changed meanwhile, or the provider has ended the session.</summary>
    public sealed record Refused : ProviderSignInOutcome;
}

/// <summary>The outcome of linking an account at a provider.</summary>
public abstract record LinkOutcome
{
    private LinkOutcome()
    {
    }

    /// <summary>The two accounts are linked.</summary>
    /// <param name="Account">The account at the provider.</param>
    public sealed record Linked(LinkedAccount Account) : LinkOutcome;

    /// <summary>They were linked before.</summary>
    public sealed record AlreadyLinked : LinkOutcome;

    /// <summary>The account at the provider is linked to another account here. Nothing changed.</summary>
    public sealed record LinkedElsewhere : LinkOutcome;

    /// <summary>The account has the maximum number of linked accounts. Nothing changed.</summary>
    public sealed record TooMany : LinkOutcome;

    /// <summary>The answer doesn't count: it is for another session, or the account has changed meanwhile.</summary>
    public sealed record Refused : LinkOutcome;

    /// <summary>The caller must prove who they are first.</summary>
    public sealed record ProofNeeded : LinkOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : LinkOutcome;
}

/// <summary>The outcome of unlinking an account at a provider.</summary>
public enum UnlinkOutcome
{
    /// <summary>It can't sign in any more.</summary>
    Unlinked,

    /// <summary>The caller's account has no such link. Nothing changed.</summary>
    NotFound,

    /// <summary>It's the last way to sign in to the account. Nothing changed.</summary>
    LastWayIn,

    /// <summary>The caller must prove who they are first. Nothing changed.</summary>
    ProofNeeded,

    /// <summary>The caller's own session had ended. Nothing changed.</summary>
    CallerEnded,
}

/// <summary>The outcome of a proof through a provider in the caller's session.</summary>
public abstract record ProviderProofOutcome
{
    private ProviderProofOutcome()
    {
    }

    /// <summary>It's the same user.</summary>
    /// <param name="Session">The same session with a new key. Only that key carries the fresh proof.</param>
    public sealed record Proved(StartedSession Session) : ProviderProofOutcome;

    /// <summary>The account at the provider isn't one that the caller has linked.</summary>
    public sealed record OtherAccount : ProviderProofOutcome;

    /// <summary>The provider didn't ask its user again, or doesn't say so.</summary>
    public sealed record NotFresh : ProviderProofOutcome;

    /// <summary>The answer doesn't count: it is for another session, the account has changed meanwhile, or the session has ended.</summary>
    public sealed record Refused : ProviderProofOutcome;
}

/// <summary>The outcome of a logout token.</summary>
public abstract record ProviderLogoutOutcome
{
    private ProviderLogoutOutcome()
    {
    }

    /// <summary>The token was obeyed, now or before.</summary>
    /// <param name="Count">How many sessions it ended now.</param>
    public sealed record Ended(int Count) : ProviderLogoutOutcome;

    /// <summary>The token is invalid. Nothing changed.</summary>
    public sealed record Invalid : ProviderLogoutOutcome;

    /// <summary>The token is invalid, and too many of those came from this address. Nothing changed.</summary>
    /// <param name="Wait">How long to wait before the next one is let in.</param>
    public sealed record Throttled(TimeSpan Wait) : ProviderLogoutOutcome;
}
