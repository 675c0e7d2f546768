using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>What a new account is made of.</summary>
public sealed class RegisterInput
{
    public string Name { get; set; } = "";

    public string Email { get; set; } = "";

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
}
