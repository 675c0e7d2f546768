using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Cookies;

/// <summary>
/// The application's own pages that the session cookie and the push lead to. Each is a path of the application, such as <c>/sign-in</c>.
/// </summary>
public sealed class AccountsSessionOptions
{
    /// <summary>Where a page sends a browser without a session: <c>/sign-in</c>. <c>returnUrl</c> in the query says where it wanted to go.</summary>
    public PathString SignInPath { get; set; } = "/sign-in";

    /// <summary>
    /// Where the push, and every later page, sends a browser whose session has ended: <c>/signed-out</c>. Anyone can open it, because the session is
    /// over by then.
    /// </summary>
    public PathString SignedOutPath { get; set; } = "/signed-out";
}

internal sealed class AccountsSessionOptionsValidator : IValidateOptions<AccountsSessionOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountsSessionOptions options)
    {
        string[] wrong =
        [
            .. Check(nameof(options.SignInPath), options.SignInPath),
            .. Check(nameof(options.SignedOutPath), options.SignedOutPath),
        ];
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Check(string name, PathString path) =>
        path.Value is { Length: > 1 } text && !text.StartsWith("//", StringComparison.Ordinal) && !text.AsSpan().ContainsAny("?#\\")
            ? []
            : [$"AddAccountsSession: {name} must be the path of a page, such as /sign-in. It is '{path.Value}'."];
}
