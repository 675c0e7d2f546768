using System.Net.Mail;
using Accounts.Core.Settings;
using FluentValidation;

namespace Accounts.Web.Support;

/// <summary>How users reach support. Section <c>Support</c>.</summary>
public sealed class SupportOptions
{
    internal const int ContactLimit = 500;

    /// <summary>
    /// An https or http address, or an email address. Pages that you see when you can't get in link to it as "Contact support". Default: empty, no
    /// link.
    /// </summary>
    public string Contact { get; set; } = "";

    /// <summary>The link's address; null if there is no contact.</summary>
    internal string? Href => Contact.Length == 0 ? null : Read(Contact);

    /// <summary>Turns the contact into a link's address; null if it's neither a web nor an email address.</summary>
    internal static string? Read(string contact)
    {
        if (contact.Length > ContactLimit || contact.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return null;
        if (Uri.TryCreate(contact, UriKind.Absolute, out var address))
            return address is { Scheme: "https" or "http", UserInfo: "" } ? contact : null;

        return MailAddress.TryCreate(contact, out var mail) && string.Equals(mail.Address, contact, StringComparison.Ordinal)
            ? $"mailto:{Uri.EscapeDataString(mail.User)}@{mail.Host}"
            : null;
    }
}

internal sealed class SupportOptionsValidator : AbstractValidator<SupportOptions>
{
    public SupportOptionsValidator() => RuleFor(o => o.Contact)
        .Must(contact => contact.Length == 0 || SupportOptions.Read(contact) is not null)
        .WithMessage($"must be empty, an https or http address, or an email address, of at most {SupportOptions.ContactLimit} characters.");
}

internal static class SupportSettings
{
    public static void AddSupport(this IServiceCollection services, IConfiguration configuration) =>
        services.AddStrictOptions(configuration, OptionsSection<SupportOptions>.Of("Support", o => o, new SupportOptionsValidator()));
}
