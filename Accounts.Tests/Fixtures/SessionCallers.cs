using Accounts.Core.Callers;
using Accounts.Core.Live;

namespace Accounts.Tests.Fixtures;

/// <summary>Shortcuts to the caller of a session.</summary>
internal static class SessionCallers
{
    /// <summary>The caller of a request with the session's current key.</summary>
    public static Caller ToCaller(this LiveSession session) => session.ToCaller(session.Principal);
}
