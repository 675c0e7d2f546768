using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.SignIn;

namespace Accounts.Tests.Fixtures;

/// <summary>Shortcuts to the caller of a session, and to its proof by password.</summary>
internal static class SessionCallers
{
    /// <summary>The caller of a request with the session's current key.</summary>
    public static Caller ToCaller(this LiveSession session) => session.ToCaller(session.Principal);

    /// <summary>Confirms who the caller is with the password alone.</summary>
    public static Task<ReauthenticationOutcome> ReauthenticateAsync(
        this Reauthentication reauthentication, Caller caller, string password, CancellationToken cancellationToken = default) =>
        reauthentication.ReauthenticateAsync(caller, new ReauthenticationInput { Password = password }, cancellationToken);
}
