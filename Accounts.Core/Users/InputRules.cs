using System.Buffers;
using FluentValidation;

namespace Accounts.Core.Users;

/// <summary>The rules for an email address, a password and a name, in one place. They say what is wrong; the application has the words.</summary>
public static class InputRules
{
    /// <summary>
    /// Characters: Unicode code points, as NIST SP 800-63B-4 counts them. Length makes a password strong; there are no rules about its composition.
    /// </summary>
    public const int PasswordMinimum = 12;

    /// <summary>Characters: code points, as well. A longer password would only slow down hashing.</summary>
    public const int PasswordMaximum = 256;

    internal const int EmailMaximum = 254;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create("()<>[]\\\",;:");

    /// <summary>The name that the pages show, in normal form.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeName<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MustFit(User.NameLimit)
        .MustBeOneLine();

    /// <summary>A text without control characters.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeOneLine<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(text => !text.Any(char.IsControl)).Says(InputProblem.LineBreaks);

    /// <summary>A text of at most so many characters, as a reader counts them.</summary>
    internal static IRuleBuilderOptions<T, string> MustFit<T>(this IRuleBuilder<T, string> rule, int limit) =>
        rule.Must(text => TypedText.Fits(text, limit)).Says(InputProblem.TooLong, limit);

    /// <summary>The email of a new account, in normal form.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeEmail<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .Must(email => Math.Max(email.Length, EmailKey.Of(email).Length) <= EmailMaximum).Says(InputProblem.TooLong, EmailMaximum)
        .EmailAddress().Says(InputProblem.NotAnEmail)
        .Must(email => !email.Contains('\uFFFD', StringComparison.Ordinal)).Says(InputProblem.NotAnEmail)
        .Must(email => EmailKey.InAscii(email) is not null).Says(InputProblem.NotAnEmail)
        // Mail servers read comments, quotes and lists into these, and then it's another address.
        .Must(email => !email.AsSpan().ContainsAny(Delimiters)).Says(InputProblem.NotAnEmail)
        .Must(HasNoSpaces).Says(InputProblem.Spaces);

    /// <summary>An email that an account may have, as it is typed. Accounts of older versions may have emails that no new account gets.</summary>
    internal static IRuleBuilderOptions<T, string> MustBeGivenEmail<T>(this IRuleBuilderInitial<T, string> rule) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .Must(email => Either(email, one => one.Length <= EmailMaximum)).Says(InputProblem.TooLong, EmailMaximum)
        .Must(email => Either(email, one => one.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
            && at == one.LastIndexOf('@') && at < one.Length - 1)).Says(InputProblem.NotAnEmail)
        .Must(email => Either(email, HasNoSpaces)).Says(InputProblem.Spaces);

    /// <summary>A password that the user chooses: long enough, and not one that attackers try first.</summary>
    /// <param name="rule">The rule for the field.</param>
    /// <param name="own">The name and the email address, where the input has them. <see cref="CheckNewPassword"/> knows those of the account.</param>
    internal static IRuleBuilderOptions<T, string> MustBeNewPassword<T>(this IRuleBuilderInitial<T, string> rule,
        Func<T, IEnumerable<string>>? own = null) => rule
        .Cascade(CascadeMode.Stop)
        .NotEmpty().Says(InputProblem.Missing)
        .MustBeOneLine()
        .Must(password => PasswordLength(password) >= PasswordMinimum).Says(InputProblem.TooShort, PasswordMinimum)
        .Must(password => PasswordLength(password) <= PasswordMaximum).Says(InputProblem.TooLong, PasswordMaximum)
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
        .Must(IsShortEnough).Says(InputProblem.TooLong, PasswordMaximum);

    /// <summary>Whether a password that the user gives isn't too long to be hashed.</summary>
    internal static bool IsShortEnough(string password) => password.Length <= PasswordMaximum || PasswordLength(password) <= PasswordMaximum;

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

    private static int PasswordLength(string password) => TypedText.Password(password).EnumerateRunes().Count();

    private static bool HasNoSpaces(string email) => !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static bool Either(string typed, Func<string, bool> rule) => rule(TypedText.Email(typed)) || rule(typed.Trim());

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
        InputProblem.LineBreaks => "Remove the line breaks and tabs.",
        InputProblem.CommonPassword => "This password is too common. Choose another one.",
        InputProblem.SequencePassword => "This password is a sequence or a repeat. Choose one that is harder to guess.",
        InputProblem.PersonalPassword => "This password is mostly a name or an email. Choose one that is harder to guess.",
        InputProblem.SamePassword => "This is the current password. Choose another one.",
        InputProblem.NotListed => "Choose one from the list.",
        InputProblem.NotTheWord => "Type the word that confirms it.",
        InputProblem.OtherEmail => "Type the email of this account.",
        InputProblem.SameEmail => "This is the current email. Enter another one.",
        InputProblem.NotACode => "Enter the 6 digits that your authenticator app shows.",
        InputProblem.WrongCode => "Wrong code. Enter the one that your app shows now.",
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

    /// <summary>It isn't one of those to choose from.</summary>
    NotListed,

    /// <summary>It isn't the word that confirms the act.</summary>
    NotTheWord,

    /// <summary>It isn't the account's email.</summary>
    OtherEmail,

    /// <summary>The new email is the current one.</summary>
    SameEmail,

    /// <summary>It hasn't the shape of a code.</summary>
    NotACode,

    /// <summary>It isn't the code that the app shows now.</summary>
    WrongCode,
}
