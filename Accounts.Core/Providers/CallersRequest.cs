using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Users;

namespace Accounts.Core.Providers;

/// <summary>What a request in a caller's session depends on.</summary>
internal static class CallersRequest
{
    /// <summary>Whether the caller's own session asked.</summary>
    public static bool IsOf(this ProviderRequest request, Caller caller) =>
        request.Row.UserId == caller.Subject.Value && request.Row.SessionId == caller.OwnSession.Value;

    /// <summary>Whether neither the account, which is locked, nor everybody's sessions have changed since the browser left.</summary>
    public static async Task<bool> StillHoldsAsync(this ProviderRequest request, UnitOfWork work) =>
        string.Equals(work.Account.SecurityStamp, request.Row.Stamp, StringComparison.Ordinal)
        && await work.Db.KeepEpochAsync() == request.Row.Epoch;
}
