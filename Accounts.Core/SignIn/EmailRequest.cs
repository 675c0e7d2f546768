using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.SignIn;

/// <summary>The form that asks for a link by email.</summary>
public sealed class EmailRequestInput
{
    /// <summary>The account's email, in any spelling.</summary>
    public string Email { get; set; } = "";
}

internal sealed class EmailRequestInputValidator : AbstractValidator<EmailRequestInput>
{
    public EmailRequestInputValidator() => RuleFor(i => i.Email).MustBeGivenEmail();
}

/// <summary>The outcome of a request for a link by email. It is the same whether or not the email has an account.</summary>
public abstract record EmailRequestOutcome
{
    private EmailRequestOutcome()
    {
    }

    /// <summary>If the email has an account that may get the link, the link is on its way.</summary>
    public sealed record Asked : EmailRequestOutcome;

    /// <summary>Too many requests. Nothing was asked for.</summary>
    /// <param name="Wait">How long to wait before the next one can succeed.</param>
    public sealed record Throttled(TimeSpan Wait) : EmailRequestOutcome;

    /// <summary>The input breaks a rule. Nothing was asked for.</summary>
    /// <param name="Errors">What is wrong, field by field; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : EmailRequestOutcome;
}

/// <summary>What a visitor asks for.</summary>
/// <param name="Purpose">What the link is for.</param>
/// <param name="Kind">What the email is about.</param>
/// <param name="Lifetime">How long the link works.</param>
/// <param name="Name">The name of the account that the link makes; null for another link.</param>
/// <param name="ReturnTo">The page to open after the sign-in; null for none.</param>
internal sealed record AskedFor(
    EmailLinkPurpose Purpose, MailKind Kind, TimeSpan Lifetime, string? Name = null, string? ReturnTo = null);

/// <summary>Takes requests for links of visitors, who may be anybody.</summary>
/// <remarks>
/// A request writes two rows, whoever asks for whatever address. Whether it has an account is looked up later, by <see cref="MailDelivery"/>. So a
/// visitor learns nothing from the answer or from how long it takes.
/// </remarks>
internal sealed class EmailRequests(AccountsDatabase database, Outbox outbox, SignInThrottle throttle, TimeProvider time)
{
    private static readonly EmailRequestInputValidator Rules = new();

    /// <summary>Whether the application sends emails.</summary>
    public bool AreTaken => outbox.IsOn;

    /// <summary>Takes a request. Each one counts, because each may send an email.</summary>
    /// <exception cref="InvalidOperationException">The application sends no emails.</exception>
    public async Task<EmailRequestOutcome> AskAsync(
        CallingBrowser browser, EmailRequestInput input, AskedFor what, CancellationToken cancellationToken)
    {
        if (!outbox.IsOn)
            throw new InvalidOperationException("The application sends no emails. Ask whether it does before you offer it.");
        if (Rules.Check(input) is { } errors)
            return new EmailRequestOutcome.Invalid(errors);
        var kind = what.Purpose is EmailLinkPurpose.Reset ? Attempt.Reset : Attempt.Link;
        using var attempt = throttle.TryStranger(EmailKey.All(input.Email)[0], browser.Address, out var wait, kind);
        if (attempt is null)
            return new EmailRequestOutcome.Throttled(wait);
        attempt.Keep();

        var now = time.GetUtcNow();
        await database.WriteAsync(WritePriority.Ordinary, db =>
        {
            var link = EmailLinkRow.AskedBy(browser, what.Purpose, input.Email, what.Name, what.ReturnTo, now, what.Lifetime);
            db.EmailLinks.Add(link);
            db.Outbox.Add(OutboxRow.Of(link, what.Kind, now));
            return Task.FromResult(true);
        }, cancellationToken);
        outbox.Wake();
        return new EmailRequestOutcome.Asked();
    }
}
