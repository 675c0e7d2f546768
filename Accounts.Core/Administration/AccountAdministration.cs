using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Administration;

/// <summary>What administrators do with somebody else's account. Both logs record each act with its reason.</summary>
/// <remarks>
/// An administrator may act on every account but their own, other administrators' included. So there is always one left: the one who acted. Two who
/// act on each other at the same time take turns, and the second one has lost the role or the session by then.
/// </remarks>
public sealed class AccountAdministration
{
    private readonly CommandRunner _commands;
    private readonly FeatureGate _features;
    private readonly RetentionOptions _retention;
    private readonly TwoFactorOptions _twoFactor;
    private readonly TimeProvider _time;

    internal AccountAdministration(
        CommandRunner commands, FeatureGate features, RetentionOptions retention, TwoFactorOptions twoFactor, TimeProvider time)
    {
        _twoFactor = twoFactor;
        _retention = retention;
        _commands = commands;
        _features = features;
        _time = time;
    }

    /// <summary>Whether the caller must prove who they are before they act. A page can then ask for it at once.</summary>
    public bool NeedsProof(Caller caller) => _commands.NeedsProof(caller, Need.Administer);

    /// <summary>Ends one session of an account.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="account">The account.</param>
    /// <param name="session">The session.</param>
    /// <param name="input">The reason.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<AdministrationOutcome> EndSessionAsync(
        Caller caller, UserId account, SessionId session, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, SessionSet.One(account, session), async (work, _, act) =>
        {
            var which = SessionSet.One(account, session);
            if (await work.EndAsync(act.Ending(EndReason.EndedByAdministrator), which) is not [var ended])
                return await work.Db.Sessions.AnyAsync(s => s.Id == session.Value && s.UserId == account.Value)
                    ? new AdministrationOutcome.NothingToDo()
                    : new AdministrationOutcome.NotFound();
            act.Record(AuditAction.SessionEndedByAdministrator, session: ended);
            return new AdministrationOutcome.Done(ended.IsOwn ? 1 : 0);
        }, cancellationToken);

    /// <summary>
    /// Ends every session of an account, views of support included. A sign-in that hasn't started its session yet is refused. The account and its
    /// password stay.
    /// </summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> EndSessionsAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, async (work, user, act) =>
        {
            var count = await work.EndAccountAsync(user, act.Ending(EndReason.EndedByAdministrator));
            act.Record(AuditAction.SessionsEndedByAdministrator, count);
            return new AdministrationOutcome.Done(count);
        }, cancellationToken);

    /// <summary>Disables an account: ends every session, and lets nobody sign in until it is enabled again.</summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> DisableAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, async (work, user, act) =>
        {
            if (user.DisabledAt is not null)
                return new AdministrationOutcome.NothingToDo();
            user.DisabledAt = act.At;
            var count = await work.EndAccountAsync(user, act.Ending(EndReason.AccountDisabled));
            act.Record(AuditAction.Disabled, count);
            return new AdministrationOutcome.Done(count);
        }, cancellationToken);

    /// <summary>Enables an account again. Its password is what it was.</summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> EnableAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, (_, user, act) =>
        {
            if (user.DisabledAt is null)
                return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.NothingToDo());
            user.DisabledAt = null;
            act.Record(AuditAction.Enabled);
            return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.Done(0));
        }, cancellationToken);

    /// <summary>Requires a new password: ends every session, and the next sign-in must choose another password.</summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> RequireNewPasswordAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, async (work, user, act) =>
        {
            if (user.PasswordHash is null)
                return new AdministrationOutcome.NoPassword();
            if (user.NewPasswordRequired)
                return new AdministrationOutcome.NothingToDo();
            user.NewPasswordRequired = true;
            var count = await work.EndAccountAsync(user, act.Ending(EndReason.NewPasswordRequired));
            act.Record(AuditAction.NewPasswordRequired, count);
            return new AdministrationOutcome.Done(count);
        }, cancellationToken);

    /// <summary>
    /// Has two-factor turned off after <see cref="TwoFactorOptions.ResetDelay"/>, for an owner who lost it. Until then their pages say so, and they
    /// may object. Nothing ends.
    /// </summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> ResetTwoFactorAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, (_, user, act) =>
        {
            if (!user.TwoFactorEnabled || user.TwoFactorResetAt is not null)
                return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.NothingToDo());
            user.TwoFactorResetAt = act.At + _twoFactor.ResetDelay;
            act.Record(AuditAction.TwoFactorResetRequested);
            return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.Done(0));
        }, cancellationToken);

    /// <summary>Takes the reset of an account's two-factor back.</summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> WithdrawTwoFactorResetAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, (_, user, act) =>
        {
            if (user.TwoFactorResetAt is null)
                return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.NothingToDo());
            user.TwoFactorResetAt = null;
            act.Record(AuditAction.TwoFactorResetWithdrawn);
            return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.Done(0));
        }, cancellationToken);

    /// <summary>
    /// Has an account deleted after <see cref="RetentionOptions.DeletedAccounts"/>. Every session ends at once, and nobody signs in. If the owner has
    /// deleted it already, they can't take that back any more.
    /// </summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> DeleteAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, async (work, user, act) =>
        {
            if (user is { DeletionDueAt: not null, DeletedByOwner: false })
                return new AdministrationOutcome.NothingToDo();
            (user.DeletionDueAt, user.DeletedByOwner) = (user.DeletionDueAt ?? act.At + _retention.DeletedAccounts, false);
            var count = await work.EndAccountAsync(user, act.Ending(EndReason.AccountDeleted));
            act.Record(AuditAction.DeletionRequested, count);
            return new AdministrationOutcome.Done(count);
        }, cancellationToken);

    /// <summary>Takes the deletion of an account back, whoever asked for it.</summary>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> RestoreAsync(
        Caller caller, UserId account, ReasonInput input, CancellationToken cancellationToken = default) =>
        RunAsync(caller, account, input, null, (_, user, act) =>
        {
            if (user.DeletionDueAt is null)
                return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.NothingToDo());
            (user.DeletionDueAt, user.DeletedByOwner) = (null, false);
            act.Record(AuditAction.DeletionWithdrawn);
            return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.Done(0));
        }, cancellationToken);

    /// <summary>Gives an account one role of staff instead of those that it has. It's in force at once, in open pages too.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="account">The account.</param>
    /// <param name="role">One of <see cref="Roles.All"/>; null for none. Roles of an application's own stay.</param>
    /// <param name="input">The reason.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> SetRoleAsync(
        Caller caller, UserId account, string? role, ReasonInput input, CancellationToken cancellationToken = default)
    {
        Need.Administer.Check(caller);
        if (role is not null && !Roles.All.Contains(role, StringComparer.Ordinal))
            return Task.FromResult<AdministrationOutcome>(Unknown(nameof(role)));
        return RunAsync(caller, account, input, null, async (work, _, act) =>
        {
            var changed = false;
            foreach (var one in Roles.All)
            {
                var grant = string.Equals(one, role, StringComparison.Ordinal);
                if (!await RoleGrants.SetAsync(work.Db, account, one, grant, act.At))
                    continue;
                changed = true;
                act.Record(RoleGrants.Action(one, grant));
            }

            if (!changed)
                return new AdministrationOutcome.NothingToDo();
            await work.ReportProfileAsync(account);
            await SupportViews.EndForbiddenAsync(work, account, caller.ActingOn(account, act.Reason), act.At);
            return new AdministrationOutcome.Done(0);
        }, cancellationToken);
    }

    /// <summary>Puts an account on a plan.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="account">The account.</param>
    /// <param name="plan">One of <see cref="FeatureGate.Plans"/>; null for the default plan.</param>
    /// <param name="input">The reason.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <inheritdoc cref="EndSessionAsync"/>
    public Task<AdministrationOutcome> SetPlanAsync(
        Caller caller, UserId account, string? plan, ReasonInput input, CancellationToken cancellationToken = default)
    {
        Need.Administer.Check(caller);
        if (plan is not null && !_features.Plans.Contains(plan, StringComparer.OrdinalIgnoreCase))
            return Task.FromResult<AdministrationOutcome>(Unknown(nameof(plan)));
        return RunAsync(caller, account, input, null, (_, user, act) =>
        {
            if (string.Equals(user.Plan, plan, StringComparison.OrdinalIgnoreCase))
                return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.NothingToDo());
            var named = _features.PlanOf(plan);
            user.Plan = plan is null ? null : named;
            act.Record(AuditAction.PlanChanged, value: named);
            return Task.FromResult<AdministrationOutcome>(new AdministrationOutcome.Done(0));
        }, cancellationToken);
    }

    private static AdministrationOutcome.Invalid Unknown(string field) => new([new InputError(field, InputProblem.NotListed)]);

    private async Task<AdministrationOutcome> RunAsync(
        Caller caller,
        UserId account,
        ReasonInput input,
        SessionSet? changed,
        Func<UnitOfWork, User, Act, Task<AdministrationOutcome>> command,
        CancellationToken cancellationToken)
    {
        Need.Administer.Check(caller);
        if (input.Check(out var reason) is { } errors)
            return new AdministrationOutcome.Invalid(errors);
        if (account == caller.Subject)
            return new AdministrationOutcome.OwnAccount();

        var now = _time.GetUtcNow();
        return await _commands.RunAsync<AdministrationOutcome>(
            caller,
            Need.Administer,
            changed,
            refusal => refusal is Refusal.CallerEnded ? new AdministrationOutcome.CallerEnded() : new AdministrationOutcome.ProofNeeded(),
            // By the time at which the account is locked: its erasure may have begun.
            async work => work.Other is { } user && !user.IsGone(_time.GetUtcNow())
                ? await command(work, user, new Act(work, caller, account, reason, now))
                : new AdministrationOutcome.NotFound(),
            cancellationToken,
            account);
    }

    /// <summary>One act inside its transaction.</summary>
    private sealed class Act(UnitOfWork work, Caller caller, UserId account, string reason, DateTimeOffset at)
    {
        public DateTimeOffset At => at;

        public string Reason => reason;

        public Ending Ending(EndReason why) => new(caller.ActingOn(account, reason), at, why);

        public void Record(string action, int? count = null, SessionRow? session = null, string? value = null) =>
            work.Db.AuditEvents.AddRange(AuditRecord.OnAccount(account, caller, at, action, reason, count, session, value));
    }
}
