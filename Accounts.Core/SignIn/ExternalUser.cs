using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.SignIn;

/// <summary>A user whom the application keeps itself, and verifies itself. See <see cref="ProofDoor"/>.</summary>
/// <param name="Id">
/// The application's own id of the user: 1 to 255 characters, any text without control characters. Ids that differ in a letter's case are two users.
/// </param>
/// <param name="Name">
/// The name that pages show, without control characters. It isn't empty. Only its first 100 characters are kept, and none that is invisible.
/// </param>
/// <param name="Email">The email that pages show; null if there is none. Nobody signs in with it.</param>
/// <exception cref="ArgumentException">A value breaks its rule.</exception>
public sealed record ExternalUser(string Id, string Name, string? Email)
{
    private static readonly InlineValidator<string> NameRules = new() { rules => rules.RuleFor(name => name).MustBeName() };
    private static readonly InlineValidator<string> EmailRules = new() { rules => rules.RuleFor(email => email).MustBeEmail() };

    /// <summary>The application's own id of the user.</summary>
    public string Id { get; } = Id?.Length is > 0 and <= User.ExternalIdLimit && IsStorable(Id)
        ? Id
        : throw new ArgumentException($"An id has 1 to {User.ExternalIdLimit} characters, and no control characters.", nameof(Id));

    /// <summary>The name that pages show, in normal form and cut to 100 characters.</summary>
    public string Name { get; } = TypedText.Cut(TypedText.Name(Name), User.NameLimit) is var name && NameRules.Check(name) is null
        ? name
        : throw new ArgumentException("A name has at least one character, and no control characters.", nameof(Name));

    /// <summary>The email that pages show, in normal form; null if there is none.</summary>
    public string? Email { get; } = Email is null ? null
        : TypedText.Email(Email) is var email && EmailRules.Check(email) is null ? email
        : throw new ArgumentException($"An email is a full address of at most {InputRules.EmailMaximum} characters, without spaces.", nameof(Email));

    /// <summary>
    /// Whether a text has no control character and no half surrogate pair. UTF-8 has none: two such ids would be stored as the same text.
    /// </summary>
    private static bool IsStorable(string text) =>
        !text.Any(char.IsControl) && string.Equals(text, string.Concat(text.EnumerateRunes()), StringComparison.Ordinal);
}
