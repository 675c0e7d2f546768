using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using FluentValidation;

namespace Accounts.Core.PersonalData;

/// <summary>The form for changing the account's name.</summary>
public sealed class ChangeNameInput
{
    /// <summary>The name that pages show: 1 to 100 characters, as a reader counts them.</summary>
    public string Name { get; set; } = "";
}

internal sealed class ChangeNameInputValidator : AbstractValidator<ChangeNameInput>
{
    public ChangeNameInputValidator() => RuleFor(i => i.Name).MustBeName();
}

/// <summary>The outcome of a change of the account's name.</summary>
public abstract record ChangeNameOutcome
{
    private ChangeNameOutcome()
    {
    }

    /// <summary>The account has the name, in every open page.</summary>
    public sealed record Changed : ChangeNameOutcome;

    /// <summary>The application that brought the account keeps the name.</summary>
    public sealed record KeptElsewhere : ChangeNameOutcome;

    /// <summary>The caller's own session had ended.</summary>
    public sealed record CallerEnded : ChangeNameOutcome;

    /// <summary>The input breaks a rule. Nothing changed.</summary>
    /// <param name="Errors">What is wrong; at least one.</param>
    public sealed record Invalid(IReadOnlyList<InputError> Errors) : ChangeNameOutcome;
}

/// <summary>Changes the name of an account.</summary>
public sealed class NameChange
{
    private static readonly ChangeNameInputValidator Rules = new();

    private readonly CommandRunner _commands;
    private readonly TimeProvider _time;

    internal NameChange(CommandRunner commands, TimeProvider time)
    {
        _commands = commands;
        _time = time;
    }

    /// <summary>Gives the caller's account another name. It needs no fresh proof.</summary>
    /// <exception cref="CallerRefusedException">The caller may never change the name; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<ChangeNameOutcome> ChangeAsync(Caller caller, ChangeNameInput input, CancellationToken cancellationToken = default)
    {
        Need.ProveIdentity.Check(caller);
        var name = TypedText.Name(input.Name);
        if (Rules.Check(new ChangeNameInput { Name = name }) is { } errors)
            return new ChangeNameOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<ChangeNameOutcome>(
            caller,
            Need.ProveIdentity,
            null,
            _ => new ChangeNameOutcome.CallerEnded(),
            async work =>
            {
                if (work.Account.ExternalId is not null)
                    return new ChangeNameOutcome.KeptElsewhere();
                if (string.Equals(work.Account.DisplayName, name, StringComparison.Ordinal))
                    return new ChangeNameOutcome.Changed();
                work.Account.DisplayName = name;
                await work.Db.RecordAsync(caller, now, AuditAction.NameChanged);
                await work.ReportProfileAsync(caller.Subject);
                work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
                return new ChangeNameOutcome.Changed();
            },
            cancellationToken);
    }
}
