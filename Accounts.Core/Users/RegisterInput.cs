using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>What a new account is made of.</summary>
public sealed class RegisterInput
{
    /// <summary>The name that pages show: 1 to 100 characters, as a reader counts them.</summary>
    public string Name { get; set; } = "";

    /// <summary>The email, which no other account has.</summary>
    public string Email { get; set; } = "";

    /// <summary>The password, of <see cref="InputRules.PasswordMinimum"/> to <see cref="InputRules.PasswordMaximum"/> characters.</summary>
    public string Password { get; set; } = "";
}

internal sealed class RegisterInputValidator : AbstractValidator<RegisterInput>
{
    public RegisterInputValidator()
    {
        RuleFor(i => i.Name).MustBeName();
        RuleFor(i => i.Email).MustBeEmail();
        RuleFor(i => i.Password).MustBeNewPassword(i => [i.Name, i.Email]);
    }

    /// <summary>What an account keeps of an input: the normal forms.</summary>
    public static RegisterInput Normalize(RegisterInput input) => new()
    {
        Name = TypedText.Name(input.Name),
        Email = TypedText.Email(input.Email),
        Password = TypedText.Password(input.Password),
    };
}
