namespace Accounts.Core.Providers;

/// <summary>The id of a linked account.</summary>
/// <param name="Value">A UUID of version 7.</param>
public readonly record struct LinkedAccountId(Guid Value)
{
    /// <summary>The id as text.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>An account at a provider, as the owner of the account here sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">The provider's id; the one that it was linked with if the application no longer offers it.</param>
/// <param name="ProviderName">The provider's name; its id if the application no longer offers it.</param>
/// <param name="Email">The email that the provider said; null if it said none.</param>
/// <param name="LinkedAt">When it was linked.</param>
/// <param name="LastUsedAt">When it last signed its owner in or proved who they are; null if it never did.</param>
public sealed record LinkedAccount(
    LinkedAccountId Id, string Provider, string ProviderName, string? Email, DateTimeOffset LinkedAt, DateTimeOffset? LastUsedAt)
{
    /// <summary>Whether the application offers the provider.</summary>
    public bool IsOffered { get; init; }

    /// <summary>Whether its owner can confirm with it who they are.</summary>
    public bool MayConfirm { get; init; }

    /// <summary>Whether it's the last way to sign in to the account, so that it can't be unlinked.</summary>
    public bool IsLastWayIn { get; init; }
}

/// <summary>What a provider says about a user, after its answer was verified.</summary>
/// <param name="Issuer">Whose word it is: the provider's <see cref="SignIn.SignInProvider.Issuer"/>, once it was verified to be that.</param>
/// <param name="Subject">The user's id at the issuer.</param>
public sealed record ProviderAnswer(string Issuer, string Subject)
{
    /// <summary>The id of the session at the provider; null if it doesn't say.</summary>
    public string? Sid { get; init; }

    /// <summary>The user's email; null if the provider doesn't say.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the provider has verified that the email is the user's.</summary>
    public bool IsEmailVerified { get; init; }

    /// <summary>The user's name; null if the provider doesn't say.</summary>
    public string? Name { get; init; }

    /// <summary>When the user last proved to the provider who they are; null if it doesn't say.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }
}

/// <summary>What a provider was asked for. Its answer has come, so nobody can use it again.</summary>
public sealed class ProviderRequest
{
    /// <summary>How long a browser may be on its way: 10 minutes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private int _finished;

    internal ProviderRequest(ProviderRequestRow row) => Row = row;

    /// <summary>What it was asked for.</summary>
    public ProviderPurpose Purpose => Row.Purpose;

    /// <summary>The provider's id.</summary>
    public string Provider => Row.Provider;

    /// <summary>The page to open afterwards, as the request gave it; null if none.</summary>
    public string? ReturnTo => Row.ReturnTo;

    internal ProviderRequestRow Row { get; }

    /// <summary>Finishes the request.</summary>
    /// <exception cref="ArgumentException">It was for something else, or has finished before.</exception>
    internal void Finish(ProviderPurpose purpose)
    {
        if (Purpose != purpose || Interlocked.Exchange(ref _finished, 1) != 0)
            throw new ArgumentException("The request was for something else, or has finished before.", nameof(purpose));
    }
}
