namespace Accounts.Core.Callers;

/// <summary>What a command comes through. The audit log stores the numbers: never change one.</summary>
public enum CallerKind
{
    /// <summary>The account's owner, in a browser that is signed in.</summary>
    Browser = 1,

    /// <summary>An application that the owner authorized. It has a session of its own.</summary>
    Application = 2,

    /// <summary>A token that the owner issued for a program. It has no session.</summary>
    Token = 3,

    /// <summary>A member of support, who sees the account as its owner does. Such a caller changes nothing.</summary>
    SupportView = 4,

    /// <summary>A member of staff, who acts on somebody else's account. Without an actor: whoever operates the server, with a command.</summary>
    Administration = 5,

    /// <summary>The server itself, because a time has come. It has no actor.</summary>
    Clock = 6,

    /// <summary>A provider that users sign in through, because it ended its own session. It has no actor.</summary>
    Provider = 7,
}

/// <summary>What a caller may ask for. A token or an application has a part of them; a signed-in browser has all.</summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>sessions:read</c>: the list of live sessions.</summary>
    SessionsRead = 1,

    /// <summary><c>sessions:write</c>: naming and ending sessions.</summary>
    SessionsWrite = 2,

    /// <summary><c>history:read</c>: past sessions and the details of each.</summary>
    HistoryRead = 4,

    /// <summary><c>audit:read</c>: the audit log.</summary>
    AuditRead = 8,

    /// <summary>The profile and the plan. No token has it.</summary>
    AccountRead = 16,

    /// <summary>The password and other proofs. No token has it.</summary>
    AccountWrite = 32,

    /// <summary>All that changes nothing.</summary>
    Read = SessionsRead | HistoryRead | AuditRead | AccountRead,

    /// <summary>Everything.</summary>
    All = Read | SessionsWrite | AccountWrite,
}

/// <summary>Who asks: the first parameter of every command. Only the core makes callers.</summary>
/// <remarks>
/// Subject and actor are the words of RFC 8693, section 1.1: whose account it is, and who acts. They are the same person unless a member of
/// staff acts. A caller holds what was true when they asked. A command that it may never run throws
/// <see cref="CallerRefusedException"/>.
/// </remarks>
public sealed record Caller
{
    internal Caller(CallerKind kind, UserId subject, UserId? actor, SessionId? sessionId, Scopes scopes, string address)
    {
        Kind = kind;
        Subject = subject;
        Actor = actor;
        SessionId = sessionId;
        Scopes = scopes;
        Address = address;
    }

    /// <summary>What the command comes through.</summary>
    public CallerKind Kind { get; }

    /// <summary>Whose account the command is about.</summary>
    public UserId Subject { get; internal init; }

    /// <summary>Who acts; null if nobody does, because a time has come.</summary>
    public UserId? Actor { get; }

    /// <summary>
    /// The session that the command comes from; null for a caller without one. If it has ended or got another key, the command is refused.
    /// </summary>
    public SessionId? SessionId { get; internal init; }

    /// <summary>What the caller may ask for.</summary>
    public Scopes Scopes { get; }

    /// <summary>The IP address that the command comes from, as text; "" if there is none.</summary>
    public string Address { get; }

    /// <summary>Why the actor acts on somebody else's account, as they stated; null if they act on their own. The audit log keeps it.</summary>
    public string? Reason { get; internal init; }

    /// <summary>When the actor last proved who they are in this session, at the time of the command.</summary>
    /// <remarks>If not set, commands that need a fresh proof are refused.</remarks>
    public DateTimeOffset AuthenticatedAt { get; internal init; }

    /// <summary>How the actor proved who they are at that time: at the sign-in, or when they confirmed it last.</summary>
    public SignInMethods ProofMethods { get; internal init; }

    /// <summary>How the actor was verified in the session that the command comes from, at the sign-in and since.</summary>
    public SignInMethods SessionMethods { get; internal init; }

    /// <summary>The mark of the key that the caller came with. Once the session has another key, the caller's commands are refused.</summary>
    internal string KeyMark { get; init; } = "";

    /// <summary>Whether the caller may look and change nothing.</summary>
    public bool IsReadOnly => Kind is CallerKind.SupportView;

    /// <summary>The caller's own session.</summary>
    /// <exception cref="InvalidOperationException">The caller has none.</exception>
    public SessionId OwnSession => SessionId ?? throw new InvalidOperationException("This caller has no session.");

    /// <summary>The same member of staff, acting on somebody else's account.</summary>
    /// <param name="subject">Whose account it is.</param>
    /// <param name="reason">Why, as they stated; null for an act that needs no reason.</param>
    internal Caller ActingOn(UserId subject, string? reason) =>
        new(CallerKind.Administration, subject, Actor, SessionId, Scopes, Address)
        {
            Reason = reason,
            AuthenticatedAt = AuthenticatedAt,
            ProofMethods = ProofMethods,
            SessionMethods = SessionMethods,
            KeyMark = KeyMark,
        };

    /// <summary>Whoever operates the server, with a command.</summary>
    internal static Caller Operator { get; } = new(CallerKind.Administration, default, null, null, Scopes.None, "");

    /// <summary>The server itself, because a time has come.</summary>
    internal static Caller Clock { get; } = new(CallerKind.Clock, default, null, null, Scopes.None, "");

    /// <summary>The owner of an account, from a session in a browser.</summary>
    internal static Caller InBrowser(UserId user, SessionId session, string keyMark, string address, DateTimeOffset authenticatedAt = default) =>
        new(CallerKind.Browser, user, user, session, Scopes.All, address) { KeyMark = keyMark, AuthenticatedAt = authenticatedAt };
}
