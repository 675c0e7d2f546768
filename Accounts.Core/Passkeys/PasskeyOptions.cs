using FluentValidation;

namespace Accounts.Core.Passkeys;

/// <summary>Whether users may have passkeys, and for which domain. Section <c>Passkeys</c>.</summary>
public sealed class PasskeyOptions
{
    /// <summary>The maximum number of passkeys of an account: 20.</summary>
    public const int MaximumPerUser = 20;

    /// <summary>Whether users may add passkeys and sign in with them. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The domain that passkeys belong to, in ASCII and without a port: the site's host name, or a domain above it. Null: the host name of each
    /// request. Passkeys of one domain don't work on another.
    /// </summary>
    public string? ServerDomain { get; set; }
}

internal sealed class PasskeyOptionsValidator : AbstractValidator<PasskeyOptions>
{
    public PasskeyOptionsValidator() => RuleFor(o => o.ServerDomain).Must(domain => domain is null || IsDomain(domain))
        .WithMessage("must be a domain name in lower case, such as example.com, without a scheme and a port.");

    /// <summary>Whether a text is a domain name in the form that browsers compare: ASCII in lower case, no IP address.</summary>
    private static bool IsDomain(string text) =>
        text.Length is > 0 and <= 253
        && text.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        && !char.IsAsciiDigit(text[text.LastIndexOf('.') + 1]);
}
