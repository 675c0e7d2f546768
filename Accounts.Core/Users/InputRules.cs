using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>The rules for an email address, a password and a name, in one place. They say what is wrong; the application has the words.</summary>
public static class InputRules
{
    /// <summary>
    /// Characters: Unicode code points, as NIST SP 800-63B-4 counts them. Length makes a password strong; there are no rules about its composition.
    /// </summary>
    public const int PasswordMinimum = 12;

    /// <summary>Characters. A longer password would only slow down hashing.</summary>
    public const int PasswordMaximum = 256;

    internal const int EmailMaximum = 254;

    /// <summary>The name that the pages show.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeName<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MaximumLength(User.NameLimit).Says(InputProblem.TooLong, User.NameLimit)
        .Must(name => !name.Any(char.IsControl)).Says(InputProblem.LineBreaks);

    internal static IRuleBuilderOptions<T, string> MustBeEmail<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MaximumLength(EmailMaximum).Says(InputProblem.TooLong, EmailMaximum)
        .EmailAddress().Says(InputProblem.NotAnEmail)
        .Must(email => !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))).Says(InputProblem.Spaces);

    /// <summary>A password that the user chooses: long enough, and not one that attackers try first.</summary>
    /// <param name="rule">The rule for the field.</param>
    /// <param name="own">The name and the email address, where the input has them. <see cref="CheckNewPassword"/> knows those of the account.</param>
    internal static IRuleBuilderOptions<T, string> MustBeNewPassword<T>(this IRuleBuilderInitial<T, string> rule,
        Func<T, IEnumerable<string>>? own = null) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .Must(password => password.EnumerateRunes().Count() >= PasswordMinimum).Says(InputProblem.TooShort, PasswordMinimum)
        .MaximumLength(PasswordMaximum).Says(InputProblem.TooLong, PasswordMaximum)
        .Must((input, password) => WeakPasswords.Problem(password, own?.Invoke(input) ?? []) is null)
        .WithState((input, password) => new Finding(WeakPasswords.Problem(password, own?.Invoke(input) ?? [])!.Value, null));

    /// <summary>Checks a password that keeps the other rules against the account that it is for.</summary>
    /// <returns>Null if the password is fine.</returns>
    internal static InputError? CheckNewPassword(string field, string password, User user) =>
        WeakPasswords.Problem(password, user.DisplayName, user.Email ?? "") is { } problem ? new InputError(field, problem) : null;

    /// <summary>A password that the user gives, not chooses: any, as long as there is one.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeGivenPassword<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MaximumLength(PasswordMaximum).Says(InputProblem.TooLong, PasswordMaximum);

    /// <summary>Says what is wrong where the rule before it is broken.</summary>
    internal static IRuleBuilderOptions<T, TProperty> Says<T, TProperty>(this IRuleBuilderOptions<T, TProperty> rule,
        InputProblem problem, int? limit = null) =>
        rule.WithState(_ => new Finding(problem, limit));

    /// <summary>Null if the input keeps the rules; otherwise what is wrong.</summary>
    internal static IReadOnlyList<InputError>? Check<T>(this IValidator<T> rules, T input)
    {
        var result = rules.Validate(input);
        return result.IsValid ? null
            : [.. from error in result.Errors
                let found = (Finding)error.CustomState
                select new InputError(error.PropertyName, found.Problem, found.Limit)];
    }

    private sealed record Finding(InputProblem Problem, int? Limit);
}

/// <summary>One thing that is wrong with an input.</summary>
/// <param name="Field">The name of the input's property.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Limit">The limit that it breaks, in characters; null where there is none.</param>
public sealed record InputError(string Field, InputProblem Problem, int? Limit = null)
{
    /// <summary>What to do about it, in English: "Use at least 12 characters." A page in other languages has texts of its own.</summary>
    public string Message => Problem switch
    {
        InputProblem.Missing => "Fill this in.",
        InputProblem.TooShort => $"Use at least {Limit} characters.",
        InputProblem.TooLong => $"Use at most {Limit} characters.",
        InputProblem.NotAnEmail => "Enter a full email address, such as name@example.com.",
        InputProblem.Spaces => "Remove the spaces.",
        InputProblem.LineBreaks => "Remove the line breaks.",
        InputProblem.CommonPassword => "This password is too common. Choose another one.",
        InputProblem.SequencePassword => "This password is a sequence or a repeat. Choose one that is harder to guess.",
        InputProblem.PersonalPassword => "This password is mostly a name or an email. Choose one that is harder to guess.",
        InputProblem.SamePassword => "This is the current password. Choose another one.",
        _ => Problem.ToString(),
    };
}

/// <summary>What can be wrong with an input.</summary>
public enum InputProblem
{
    /// <summary>The field is empty.</summary>
    Missing,

    /// <summary>It has fewer characters than <see cref="InputError.Limit"/>.</summary>
    TooShort,

    /// <summary>It has more characters than <see cref="InputError.Limit"/>.</summary>
    TooLong,

    /// <summary>It isn't a full email address.</summary>
    NotAnEmail,

    /// <summary>It has spaces in it.</summary>
    Spaces,

    /// <summary>It has line breaks or other control characters in it.</summary>
    LineBreaks,

    /// <summary>The password is on the list of common passwords.</summary>
    CommonPassword,

    /// <summary>The password is a sequence of neighbouring keys or letters, or a repetition.</summary>
    SequencePassword,

    /// <summary>The password is mostly the user's name, their email address or the name of the product.</summary>
    PersonalPassword,

    /// <summary>The new password is the current one.</summary>
    SamePassword,
}
