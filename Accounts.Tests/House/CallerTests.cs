using System.Collections;
using System.Reflection;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>Every public command is called as every kind of caller. What it needs of them is decided before anything else.</summary>
public sealed class CallerTests
{
    /// <summary>
    /// Each command and what it needs: its scopes, "writes" or "exports" (a read-only caller is refused), "own" (the caller's own session), "staff"
    /// (only a person in a browser can have the role).
    /// </summary>
    private static readonly Dictionary<string, string> Needs = new(StringComparer.Ordinal)
    {
        ["AccountAdministration.DisableAsync"] = "None writes own staff",
        ["AccountAdministration.EnableAsync"] = "None writes own staff",
        ["AccountAdministration.EndSessionAsync"] = "None writes own staff",
        ["AccountAdministration.EndSessionsAsync"] = "None writes own staff",
        ["AccountAdministration.RequireNewPasswordAsync"] = "None writes own staff",
        ["AccountAdministration.ResetTwoFactorAsync"] = "None writes own staff",
        ["AccountAdministration.SetPlanAsync"] = "None writes own staff",
        ["AccountAdministration.SetRoleAsync"] = "None writes own staff",
        ["AccountAdministration.DeleteAsync"] = "None writes own staff",
        ["AccountAdministration.RestoreAsync"] = "None writes own staff",
        ["AccountAdministration.WithdrawTwoFactorResetAsync"] = "None writes own staff",
        ["AccountData.ExportAsync"] = "AccountRead|HistoryRead|AuditRead exports own",
        ["AccountDeletion.RequestAsync"] = "AccountWrite writes own",
        ["AuditLog.ExportAsync"] = "AuditRead exports",
        ["AuditLog.PageAsync"] = "AuditRead",
        ["FeatureGate.FindMissingAsync"] = "AccountRead",
        ["HistoryReader.AllAsync"] = "HistoryRead",
        ["HistoryReader.ExportAsync"] = "HistoryRead exports",
        ["HistoryReader.FindDetailsAsync"] = "HistoryRead",
        ["HistoryReader.PageAsync"] = "HistoryRead",
        ["MassEndings.BeginAsync"] = "None writes own staff",
        ["MassEndings.CountAsync"] = "None writes own staff",
        ["MassEndings.FindLatestAsync"] = "None writes own staff",
        ["PasswordChange.ChangeAsync"] = "AccountWrite writes own",
        ["PasskeyProof.BeginAsync"] = "AccountWrite writes own",
        ["PasskeyProof.OpenAsync"] = "AccountWrite writes own",
        ["PasskeyProof.ProveAsync"] = "AccountWrite writes own",
        ["PasskeyService.AddAsync"] = "AccountWrite writes own",
        ["PasskeyService.BeginAsync"] = "AccountWrite writes own",
        ["PasskeyService.FindAccountAsync"] = "AccountWrite writes own",
        ["PasskeyService.ListAsync"] = "AccountRead",
        ["PasskeyService.NeedsProofAsync"] = "AccountWrite writes own",
        ["PasskeyService.OpenAsync"] = "AccountWrite writes own",
        ["PasskeyService.RemoveAsync"] = "AccountWrite writes own",
        ["PasskeyService.RenameAsync"] = "AccountWrite writes own",
        ["ProofDoor.ChangedPasswordAsync"] = "AccountWrite writes own",
        ["ProofDoor.OpenAsync"] = "AccountWrite writes own",
        ["ProofDoor.ReauthenticateAsync"] = "AccountWrite writes own",
        ["NameChange.ChangeAsync"] = "AccountWrite writes own",
        ["EmailChange.AskAsync"] = "AccountWrite writes own",
        ["EmailChange.ConfirmAsync"] = "AccountWrite writes own",
        ["EmailChange.FindAsync"] = "AccountRead",
        ["EmailChange.NeedsProofAsync"] = "AccountRead",
        ["Reauthentication.SendCodeAsync"] = "AccountWrite writes own",
        ["ProviderAccounts.BeginAsync"] = "AccountWrite writes own",
        ["ProviderAccounts.LinkAsync"] = "AccountWrite writes own",
        ["ProviderAccounts.ListAsync"] = "AccountRead",
        ["ProviderAccounts.NeedsProofAsync"] = "AccountWrite writes own",
        ["ProviderAccounts.UnlinkAsync"] = "AccountWrite writes own",
        ["ProviderProof.BeginAsync"] = "AccountWrite writes own",
        ["ProviderProof.ProveAsync"] = "AccountWrite writes own",
        ["Reauthentication.FindFactorsAsync"] = "AccountRead",
        ["Reauthentication.ReauthenticateAsync"] = "AccountWrite writes own",
        ["RefusedAttemptReader.FindSinceLastVisitAsync"] = "AccountRead",
        ["RefusedAttemptReader.ListAsync"] = "AccountRead",
        ["SessionAuthenticator.MayGoOnAsync"] = "None own",
        ["SessionService.CountAsync"] = "SessionsRead",
        ["SessionService.DenyAsync"] = "SessionsWrite writes own",
        ["SessionService.FindAsync"] = "SessionsRead",
        ["SessionService.ListAsync"] = "SessionsRead",
        ["SessionService.RecognizeAsync"] = "SessionsWrite writes own",
        ["SessionService.RemoteLogoutAsync"] = "SessionsWrite writes",
        ["SessionService.RenameAsync"] = "SessionsWrite writes",
        ["SessionService.SignOutAsync"] = "None writes own",
        ["SessionService.SignOutEverywhereAsync"] = "SessionsWrite writes own",
        ["SessionService.TerminateAsync"] = "SessionsWrite writes",
        ["SessionService.TerminateManyAsync"] = "SessionsWrite writes",
        ["SupportCodes.FindOrMakeAsync"] = "AccountRead writes own",
        ["SupportDirectory.EndAllSessionsAsync"] = "None writes own staff",
        ["SupportDirectory.FindAsync"] = "None writes own staff",
        ["SupportDirectory.ListSessionsAsync"] = "None writes own staff",
        ["SupportDirectory.OpenAsync"] = "None writes own staff",
        ["SupportViews.BeginAsync"] = "None writes own staff",
        ["SupportViews.EndAsync"] = "SessionsWrite writes own",
        ["SupportViews.FindEndedAsync"] = "AccountRead",
        ["SupportViews.ListAsync"] = "SessionsRead",
        ["SystemReader.ReadAsync"] = "None writes own staff",
        ["TwoFactorSettings.BeginAsync"] = "AccountWrite writes own",
        ["TwoFactorSettings.FindAsync"] = "AccountRead",
        ["TwoFactorSettings.ForgetBrowsersAsync"] = "AccountWrite writes own",
        ["TwoFactorSettings.ObjectToResetAsync"] = "AccountWrite writes own",
        ["TwoFactorSettings.ReplaceRecoveryCodesAsync"] = "AccountWrite writes own",
        ["TwoFactorSettings.TurnOffAsync"] = "AccountWrite writes own",
        ["TwoFactorSettings.TurnOnAsync"] = "AccountWrite writes own",
        ["UserDirectory.PageAsync"] = "None writes own staff",
        ["UserService.FindProfileAsync"] = "AccountRead",
    };

    [Fact]
    public void Every_command_says_what_it_needs() =>
        Assert.Equal(
            Needs.Keys.Order(StringComparer.Ordinal),
            Commands().Select(Product.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_caller_without_what_a_command_needs_is_refused_and_nothing_happens(string name)
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var method = Commands().Single(command => string.Equals(Product.Name(command), name, StringComparison.Ordinal));
        var words = Needs[name].Split(' ');
        var scope = Enum.Parse<Scopes>(words[0].Replace('|', ','));
        var (own, staff) = (words.Contains("own", StringComparer.Ordinal), words.Contains("staff", StringComparer.Ordinal));
        var refusesReaders = words.Contains("writes", StringComparer.Ordinal) || words.Contains("exports", StringComparer.Ordinal);
        // A caller of each kind: without a session, without the scope, and last with everything, because that one acts.
        foreach (var kind in Enum.GetValues<CallerKind>())
        {
            CallerRefusal? readOnly = kind == CallerKind.SupportView && refusesReaders ? CallerRefusal.ReadOnly
                : staff && kind != CallerKind.Browser ? CallerRefusal.RoleMissing
                : null;
            // An administrator's own session isn't one of the account that the command is about.
            CallerRefusal? elsewhere = own && kind == CallerKind.Administration ? CallerRefusal.SessionMissing : null;
            if (own)
                await RefusesAsync(readOnly ?? CallerRefusal.SessionMissing, new Caller(kind, user, user, null, Scopes.All, "203.0.113.7"));
            if (scope != Scopes.None)
                await RefusesAsync(readOnly ?? CallerRefusal.ScopeMissing,
                    new Caller(kind, user, user, browser.Id, Scopes.All & ~scope, "203.0.113.7"));
            await RefusesAsync(readOnly ?? elsewhere, new Caller(kind, user, user, browser.Id, Scopes.All, "203.0.113.7"));
            if (!own)
                await RefusesAsync(readOnly, new Caller(kind, user, user, null, Scopes.All, "203.0.113.7"));
        }

        async Task RefusesAsync(CallerRefusal? expected, Caller caller)
        {
            var before = host.Rows.Everything();
            Assert.Equal(expected, await RefusalAsync(host, method, caller));
            if (expected is not null)
                Assert.Equal(before, host.Rows.Everything());
        }
    }

    // Control: a caller that has everything is let in, and things do happen.
    [Fact]
    public async Task The_owner_in_a_browser_may_do_it()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var before = host.Rows.Everything();
        Assert.Equal(TerminateOutcome.Terminated, await host.Sessions.TerminateAsync(owner.Caller, other.Id));
        Assert.NotEqual(before, host.Rows.Everything(), StringComparer.Ordinal);
    }

    [Fact]
    public void Nobody_outside_the_core_makes_a_caller()
    {
        Assert.Empty(typeof(Caller).GetConstructors());
        var makers = Product.Core.GetExportedTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            // "with" copies a caller, and sets nothing that matters: see below.
            .Where(member => MakesCaller(member) && member.Name is not "<Clone>$")
            .Select(member => $"{member.DeclaringType!.Name}.{member.Name}");
        // It makes one of a principal whose session is live, and gives it the proof of the key that the principal was made for.
        Assert.Equal(["SessionAuthenticator.FindCallerAsync"], makers, StringComparer.Ordinal);
        Assert.All(typeof(Caller).GetProperties(), property => Assert.False(property.SetMethod?.IsPublic ?? false, property.Name));
    }

    /// <summary>Whoever comes through this door vouches for a user.</summary>
    [Fact]
    public void The_door_for_outside_proofs_has_no_callers_but_passkeys()
    {
        var callers = Product.Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => RoomScanner.Outermost(type) != typeof(Accounts.Core.SignIn.ProofDoor))
            .SelectMany(type => type.GetMethods(RoomScanner.Everything).Cast<MethodBase>().Concat(type.GetConstructors(RoomScanner.Everything)))
            .Where(method => RoomScanner.Calls(method).Contains(typeof(Accounts.Core.SignIn.ProofDoor)))
            .Select(method => $"{RoomScanner.Outermost(method.DeclaringType!).Name}.{method.Name}");
        Assert.Equal(
            ["PasskeyProof", "PasskeySignIn"],
            callers.Select(one => one.Split('.')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    public static TheoryData<string> Names() => [.. Needs.Keys];

    private static async Task<CallerRefusal?> RefusalAsync(CoreHost host, MethodInfo method, Caller caller)
    {
        try
        {
            var service = Get(host, method.DeclaringType!);
            object?[] values = [.. method.GetParameters().Select((parameter, place) => place == 0 ? caller : Value(parameter, caller))];
            var result = method.Invoke(service, values);
            if (result is Task task)
                await task;
            else if (result is ValueTask<bool> answer)
                await answer;
            return null;
        }
        catch (Exception failure) when ((failure as TargetInvocationException)?.InnerException is CallerRefusedException
            || failure is CallerRefusedException)
        {
            return ((failure as CallerRefusedException) ?? (CallerRefusedException)failure.InnerException!).Refusal;
        }
        catch (Exception failure) when (failure is ArgumentException || failure.InnerException is ArgumentException)
        {
            // The door looks at its proof only after it has looked at the caller.
            return null;
        }
    }

    private static object Get(CoreHost host, Type type) =>
        typeof(CoreHost).GetMethod(nameof(CoreHost.Get))!.MakeGenericMethod(type).Invoke(host, null)!;

    private static object? Value(ParameterInfo parameter, Caller caller) => parameter.ParameterType switch
    {
        var type when type == typeof(SessionId) => SessionId.New(TestClock.Start),
        var type when type == typeof(UserId) => new UserId(Guid.NewGuid()),
        var type when type == typeof(string) => "",
        var type when type == typeof(Accounts.Core.SignIn.PendingProof) =>
            new Accounts.Core.SignIn.PendingProof(caller.Subject, new Accounts.Core.Users.ProofStamp("", 0), null, TestClock.Start),
        var type when type == typeof(SignInMethods) => SignInMethods.Passkey,
        var type when type == typeof(PasskeyChallenge) => new PasskeyChallenge("", ""),
        var type when type == typeof(CallingBrowser) => CoreHost.NewBrowser(),
        var type when type == typeof(ProviderAnswer) => new ProviderAnswer("", ""),
        // A request of another session.
        var type when type == typeof(ProviderRequest) => new ProviderRequest(new ProviderRequestRow
        {
            TokenHash = [], Purpose = ProviderPurpose.SignIn, Provider = "", BrowserHash = [], Epoch = 0, AskedAt = default, ExpiresAt = default,
        }),
        // Without them, the commands look at the caller first, too.
        var type when type == typeof(PasskeyAttempt) || type == typeof(PasskeyCredential) => null,
        var type when type.IsAssignableTo(typeof(IEnumerable)) => Array.Empty<SessionId>(),
        { IsValueType: true } type => Activator.CreateInstance(type),
        var type => Activator.CreateInstance(type),
    };

    private static IEnumerable<MethodInfo> Commands() => Product.MethodsOf(Product.Core)
        .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal) && method.GetParameters() is [{ ParameterType: var first }, ..]
            && first == typeof(Caller));

    private static bool MakesCaller(MemberInfo member)
    {
        var made = member switch
        {
            MethodInfo method => method.ReturnType,
            PropertyInfo property => property.PropertyType,
            FieldInfo field => field.FieldType,
            _ => typeof(void),
        };
        var given = member is MethodBase called
            ? called.GetParameters().Where(parameter => parameter.IsOut).Select(parameter => parameter.ParameterType)
            : [];
        return given.Prepend(made).Any(Holds);

        static bool Holds(Type type) =>
            type == typeof(Caller) || (type.HasElementType && Holds(type.GetElementType()!))
                || (type.IsGenericType && type.GetGenericArguments().Any(Holds));
    }
}
