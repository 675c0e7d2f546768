using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>The rules for an email address, a password and a name, in one place and in plain words.</summary>
public static class InputRules
{
    /// <summary>Characters: Unicode code points, as NIST SP 800-63B-4 counts them. Length makes a password strong; there are no rules about its composition.</summary>
    public const int PasswordMinimum = 12;

    /// <summary>Characters. A longer text would only make the hashing of it slow.</summary>
    public const int PasswordMaximum = 256;

    public static IRuleBuilderOptions<T, string> MustBeEmail<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().WithMessage("Enter your email.")
        .MaximumLength(254).WithMessage("Use at most 254 characters.")
        .EmailAddress().WithMessage("Enter a full address, such as name@example.com.")
        .Must(email => !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))).WithMessage("Remove the spaces.");

    /// <summary>A password that somebody chooses: long enough, and not one that is tried first.</summary>
    /// <param name="rule">The rule for the field.</param>
    /// <param name="own">The name and the email address in the input, as far as it has them; what the database knows is for <see cref="CheckNewPassword"/>.</param>
    public static IRuleBuilderOptions<T, string> MustBeNewPassword<T>(this IRuleBuilderInitial<T, string> rule, Func<T, IEnumerable<string>>? own = null) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().WithMessage("Enter a password.")
        .Must(password => password.EnumerateRunes().Count() >= PasswordMinimum).WithMessage($"Use at least {PasswordMinimum} characters.")
        .MaximumLength(PasswordMaximum).WithMessage($"Use at most {PasswordMaximum} characters.")
        .Must((input, password, context) =>
        {
            var problem = WeakPasswords.Problem(password, own?.Invoke(input) ?? []);
            context.MessageFormatter.AppendArgument("Problem", problem);
            return problem is null;
        }).WithMessage("{Problem}");

    /// <summary>The same rule for a password that keeps the others, against the account that it is for. Null if it keeps it.</summary>
    internal static InputError? CheckNewPassword(string field, string password, User user) =>
        WeakPasswords.Problem(password, user.DisplayName, user.Email ?? "") is { } problem ? new InputError(field, problem) : null;

    /// <summary>A password that is given, not chosen: any, as long as there is one.</summary>
    public static IRuleBuilderOptions<T, string> MustBeGivenPassword<T>(this IRuleBuilderInitial<T, string> rule, string empty) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().WithMessage(empty)
        .MaximumLength(PasswordMaximum).WithMessage($"Use at most {PasswordMaximum} characters.");
}

/// <summary>One thing that is wrong with what somebody entered.</summary>
/// <param name="Field">The name of the input's property.</param>
/// <param name="Message">What to do about it.</param>
public sealed record InputError(string Field, string Message);

internal static class ValidationErrors
{
    /// <summary>Null if the input keeps the rules; otherwise what is wrong.</summary>
    public static IReadOnlyList<InputError>? Check<T>(this IValidator<T> rules, T input)
    {
        var result = rules.Validate(input);
        return result.IsValid ? null : [.. result.Errors.Select(e => new InputError(e.PropertyName, e.ErrorMessage))];
    }
}
