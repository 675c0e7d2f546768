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
        RuleFor(i => i.Name).Cascade(CascadeMode.Stop)
            .NotEmpty().Says(InputProblem.Missing)
            .MaximumLength(User.NameLimit).Says(InputProblem.TooLong, User.NameLimit)
            .Must(name => !name.Any(char.IsControl)).Says(InputProblem.LineBreaks);
        RuleFor(i => i.Email).MustBeEmail();
        RuleFor(i => i.Password).MustBeNewPassword(i => [i.Name, i.Email]);
    }
}
