namespace Accounts.Core.Sessions;

/// <summary>What a session is for. The database stores the numbers: never change one.</summary>
public enum SessionKind
{
    /// <summary>
    /// A person in a browser. Only these sessions have a browser id, make a browser known to the account, replace one another and make room at
    /// the limit.
    /// </summary>
    Browser = 1,

    /// <summary>An application that the person authorized.</summary>
    Application = 2,

    /// <summary>A member of support who looks at the account. It is read-only.</summary>
    SupportView = 3,
}
