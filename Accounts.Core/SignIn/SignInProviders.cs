namespace Accounts.Core.SignIn;

/// <summary>A provider that the application offers to sign in with, such as Google.</summary>
/// <param name="Id">Its id in addresses and rows: <c>google</c>.</param>
/// <param name="Name">Its name on pages.</param>
/// <param name="Issuer">Who its answers are from: <see cref="Accounts.Core.Providers.ProviderAnswer"/>. Other issuers' accounts aren't its.</param>
public sealed record SignInProvider(string Id, string Name, string Issuer)
{
    /// <summary>Whether the first sign-in of somebody without an account makes one. Default: true.</summary>
    public bool MayRegister { get; init; } = true;

    /// <summary>
    /// Whether users may confirm with it who they are. It must then ask them again on request, and say when it did. Default: true.
    /// </summary>
    public bool MayConfirm { get; init; } = true;
}

/// <summary>The providers that the application offers. Register one to offer any; there are none by default.</summary>
/// <param name="All">The providers, in the order in which pages list them.</param>
public sealed record SignInProviders(IReadOnlyList<SignInProvider> All)
{
    /// <summary>The provider with an id; null if the application doesn't offer it.</summary>
    public SignInProvider? Find(string id) => All.FirstOrDefault(one => string.Equals(one.Id, id, StringComparison.Ordinal));

    /// <summary>The provider whose answers are from an issuer; null if the application offers none.</summary>
    public SignInProvider? FindByIssuer(string issuer) => All.FirstOrDefault(one => string.Equals(one.Issuer, issuer, StringComparison.Ordinal));
}
