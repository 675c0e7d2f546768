using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.PersonalData;

/// <summary>Lets people delete their own account.</summary>
/// <remarks>
/// Everything ends at once. The data stays for <see cref="RetentionOptions.DeletedAccounts"/>, so that a mistake or a thief can be undone: the owner
/// signs in and keeps the account. Then <see cref="Retention"/> erases what tells about the person.
/// </remarks>
public sealed class AccountDeletion
{
    private static readonly DeleteAccountInputValidator Rules = new();

    private readonly CommandRunner _commands;
    private readonly RetentionOptions _retention;
    private readonly TimeProvider _time;

    internal AccountDeletion(CommandRunner commands, RetentionOptions retention, TimeProvider time)
    {
        _commands = commands;
        _retention = retention;
        _time = time;
    }

    /// <summary>How long an account is kept after its owner has deleted it.</summary>
    public TimeSpan Grace => _retention.DeletedAccounts;

    /// <summary>Whether the caller must prove who they are before they delete their account. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.DeleteAccount);

    /// <summary>Ends every session of the caller's account, and has the account deleted once the time to change one's mind is over.</summary>
    /// <param name="caller">The account's owner.</param>
    /// <param name="input">The account's email, which confirms it.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller may never delete the account; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<DeleteAccountOutcome> RequestAsync(Caller caller, DeleteAccountInput input, CancellationToken cancellationToken = default)
    {
        Need.DeleteAccount.Check(caller);
        if (Rules.Check(input) is { } errors)
            return new DeleteAccountOutcome.Invalid(errors);

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<DeleteAccountOutcome>(
            caller,
            Need.DeleteAccount,
            SessionSet.All(caller.Subject),
            refusal => refusal is Refusal.CallerEnded ? new DeleteAccountOutcome.CallerEnded() : new DeleteAccountOutcome.ProofNeeded(),
            async work =>
            {
                var account = work.Account;
                if (account.ExternalId is not null)
                    return new DeleteAccountOutcome.KeptElsewhere();
                if (!EmailKey.All(input.Email).Contains(account.NormalizedEmail, StringComparer.Ordinal))
                    return new DeleteAccountOutcome.Invalid([new InputError(nameof(input.Email), InputProblem.OtherEmail)]);
                if (await work.Db.IsLastAdministratorAsync(caller.Subject))
                    return new DeleteAccountOutcome.LastAdministrator();

                (account.DeletionDueAt, account.DeletedByOwner) = (now + _retention.DeletedAccounts, true);
                var count = await work.EndAccountAsync(account, new Ending(caller, now, EndReason.AccountDeleted));
                await work.Db.RecordAsync(caller, now, AuditAction.DeletionRequested, count: count);
                return new DeleteAccountOutcome.Requested(account.DeletionDueAt.Value, count);
            },
            cancellationToken);
    }
}
