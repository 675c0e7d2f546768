using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using FluentValidation;

namespace Accounts.Web.Providers;

/// <summary>A provider of OpenID Connect that users can sign in through. Section <c>Providers:</c> and its id.</summary>
public sealed class ProviderOptions
{
    internal const int NameLimit = 40;
    internal const int IssuerLimit = 500;

    /// <summary>The name on buttons: "Continue with Google". The id <c>google</c> knows its own.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>
    /// The https address whose <c>/.well-known/openid-configuration</c> describes the provider. The id <c>google</c> knows its own.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>
    /// Who the provider's tokens say that they are from, if that isn't <see cref="Authority"/>. Default: empty, for the same. Tokens from any other
    /// issuer are refused, whatever the provider's description says: so no provider can speak for another one's users.
    /// </summary>
    public string Issuer { get; set; } = "";

    /// <summary>The id that the provider gave to this site.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that the provider gave to this site. Default: empty, for a public client.</summary>
    [Secret]
    public string ClientSecret { get; set; } = "";

    /// <summary>What to ask the provider for, separated by spaces. Default: <c>openid profile email</c>.</summary>
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>Whether the first sign-in of somebody without an account makes one. Default: true.</summary>
    public bool MayRegister { get; set; } = true;

    /// <summary>
    /// Whether users may confirm with it who they are. The provider must support <c>prompt=login</c> and the claim <c>auth_time</c>. Default: true;
    /// false for the id <c>google</c>, because Google doesn't.
    /// </summary>
    public bool MayConfirm { get; set; } = true;

    /// <summary>The issuer, without the slash that some write at its end.</summary>
    internal string IssuerName => (Issuer.Length > 0 ? Issuer : Authority).TrimEnd('/');

    /// <summary>Whether a token's issuer is this provider's.</summary>
    internal bool Issues(string? issuer) => string.Equals(issuer?.TrimEnd('/'), IssuerName, StringComparison.Ordinal);

    /// <summary>The defaults of a provider with an id.</summary>
    internal static ProviderOptions For(string id) => id is "google"
        ? new ProviderOptions { DisplayName = "Google", Authority = "https://accounts.google.com", MayConfirm = false }
        : new ProviderOptions();

    /// <summary>Reads an authority; null if it isn't one.</summary>
    internal static Uri? ReadAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { UserInfo: "", Query: "", Fragment: "" }
        && (address.Scheme is "https" || address is { Scheme: "http", IsLoopback: true })
            ? address
            : null;
}

internal sealed class ProviderOptionsValidator : AbstractValidator<ProviderOptions>
{
    public ProviderOptionsValidator()
    {
        RuleFor(o => o.DisplayName)
            .Must(name => name.Trim().Length is > 0 and <= ProviderOptions.NameLimit && !name.Any(char.IsControl))
            .WithMessage($"must be the provider's name on buttons, of at most {ProviderOptions.NameLimit} characters, such as Google.");
        RuleFor(o => o.Authority)
            .Must(authority => ProviderOptions.ReadAuthority(authority) is not null)
            .WithMessage("must be the provider's https address, such as https://id.example.com. http is allowed for this machine only.");
        RuleFor(o => o.Issuer)
            .Must(issuer => issuer.Length <= ProviderOptions.IssuerLimit)
            .WithMessage($"must have at most {ProviderOptions.IssuerLimit} characters.");
        RuleFor(o => o.ClientId)
            .Must(id => id.Trim().Length > 0)
            .WithMessage("must be the client ID that the provider gave to this site. Register this site there first.");
        RuleFor(o => o.Scopes)
            .Must(scopes => scopes.Split(' ').Contains("openid", StringComparer.Ordinal))
            .WithMessage("must contain openid, such as \"openid profile email\".");
    }
}

/// <summary>The providers by their ids. Section <c>Providers</c>.</summary>
internal sealed class ProvidersOptions
{
    public SortedDictionary<string, ProviderOptions> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a text may be an id: it's a part of addresses.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && text[0] != '-' && text[^1] != '-';

    /// <summary>What the core offers of them.</summary>
    public SignInProviders ToSignInProviders() => new(
    [
        .. All.Select(one => new SignInProvider(one.Key, one.Value.DisplayName.Trim(), one.Value.IssuerName)
        {
            MayRegister = one.Value.MayRegister,
            MayConfirm = one.Value.MayConfirm,
        }),
    ]);
}

/// <summary>Reads the section <c>Providers</c>: a part for each id.</summary>
internal sealed class ProvidersSection : OptionsSection<ProvidersOptions>
{
    public const string Name = "Providers";

    public override List<string> Read(IConfiguration configuration, ProvidersOptions options)
    {
        List<string> wrong = [];
        var section = configuration.GetSection(Name);
        foreach (var entry in section.GetChildren())
        {
            if (!ProvidersOptions.IsId(entry.Key))
            {
                wrong.Add($"{entry.Path}: must be an id of lower-case letters, digits and hyphens, of at most 32 characters, such as google.");
                continue;
            }

            if (entry.Value is { Length: > 0 })
                wrong.Add($"{entry.Path}: must have the provider's settings under it, such as {entry.Path}:ClientId. It is '{entry.Value}'.");
            var provider = ProviderOptions.For(entry.Key);
            wrong.AddRange(PartOf(entry.Key).Read(section, provider));
            options.All[entry.Key] = provider;
        }

        return wrong;
    }

    public override IEnumerable<string> Check(string? parent, ProvidersOptions options) => options.All.SelectMany(one =>
        PartOf(one.Key).Check(parent is null ? Name : ConfigurationPath.Combine(parent, Name), one.Value));

    private static OptionsSection<ProviderOptions> PartOf(string id) =>
        OptionsSection<ProviderOptions>.Of(id, o => o, new ProviderOptionsValidator());
}
