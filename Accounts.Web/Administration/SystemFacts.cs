using System.Runtime.InteropServices;
using Accounts.Core.Administration;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Web.Health;
using Accounts.Web.Languages;
using Accounts.Web.Sessions;
using Accounts.Web.SupportConsole;

namespace Accounts.Web.Administration;

/// <summary>One line of the System page.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Name">The part's name.</param>
/// <param name="Now">How it is now.</param>
/// <param name="Figure">A number, with its unit; null if there is none.</param>
/// <param name="IsNote">Whether it is neither fine nor wrong, but worth knowing.</param>
internal sealed record SystemFact(SystemPart Part, string Name, string Now, string? Figure = null, bool IsNote = false);

/// <summary>Says how each part of the system is doing.</summary>
internal static class SystemFacts
{
    /// <param name="state">How the installation is doing.</param>
    /// <param name="problem">Why the database saves nothing; null if it does.</param>
    /// <param name="knownProxies">The configured proxies.</param>
    public static IReadOnlyList<SystemFact> Of(SystemState state, DatabaseProblem? problem, IReadOnlyList<string> knownProxies) =>
    [
        new(SystemPart.Database, Texts.Support_Database,
            SessionText.Joined(state.Database.Engine, problem is { } why ? DatabaseCheck.Explain(why) : Texts.Support_Answers),
            SystemText.Size(state.Database.Bytes)),
        new(SystemPart.Room, Texts.System_Room,
            state.Database.IsOnServer ? Texts.System_RoomOnServer : Texts.FormatSystem_RoomOf(TypedText.Isolate(state.Database.Name)),
            state.Database.IsOnServer ? null : Texts.FormatSystem_Free(SystemText.Size(state.Database.FreeBytes))),
        new(SystemPart.Tables, Texts.System_Tables, state.Database.Applied is [.., var last] ? last : Texts.Common_Unknown,
            state.Database.Pending.Count == 0
                ? Texts.System_PendingNone
                : Plural.Of(nameof(Texts.System_PendingCount_other), state.Database.Pending.Count)),
        new(SystemPart.Places, Texts.Support_Places,
            SessionText.Joined(InstallationText.Places(state.Places), InstallationText.Published(state.Places)),
            state.Places.Age(state.At) is { } age ? Texts.FormatSystem_Old(SystemText.Days(age)) : null),
        new(SystemPart.Push, Texts.System_Push,
            state.Push is { } push
                ? Texts.FormatSystem_PushTimes(SystemText.Of(push.Median), SystemText.Of(push.Percentile99))
                : Texts.System_PushNone,
            state.Push is { Count: var pages } ? Plural.Of(nameof(Texts.System_PushOf_other), pages) : null),
        new(SystemPart.SignIn, Texts.System_SignIn,
            state.HashesWaiting == 0 ? Texts.System_NoQueue : Plural.Of(nameof(Texts.System_HashesWait_other), state.HashesWaiting),
            Plural.Of(nameof(Texts.System_FormsWait_other), state.FormsWaiting)),
        new(SystemPart.Mail, Texts.System_Mail,
            state.Mail switch
            {
                null => Texts.System_MailOff,
                { Waiting: 0 } => Texts.System_MailNone,
                { Waiting: var waiting } => Plural.Of(nameof(Texts.System_MailWaits_other), waiting),
            },
            state.Mail is { } mail ? Plural.Of(nameof(Texts.System_MailFailed_other), mail.Failed) : null,
            IsNote: state.Mail is null),
        new(SystemPart.Https, Texts.System_Https, Texts.System_HttpsText),
        new(SystemPart.Proxies, Texts.Support_Proxies,
            knownProxies.Count == 0 ? SessionText.Joined(Texts.Common_None, Texts.Support_NoProxies) : Sentence.Enumerate(knownProxies)),
        new(SystemPart.Clock, Texts.System_Clock, SessionText.At(state.At)),
        new(SystemPart.Keys, Texts.System_Keys, state.KeysAreEncrypted ? Texts.System_KeysEncrypted : Texts.System_KeysPlain,
            IsNote: !state.KeysAreEncrypted),
        new(SystemPart.Version, Texts.Support_Version,
            SessionText.Joined(Texts.FormatSystem_Accounts(InstallationText.Version), RuntimeInformation.FrameworkDescription,
                RuntimeInformation.OSDescription),
            Texts.FormatSystem_Up(SessionText.Duration(state.At - state.StartedAt))),
    ];
}
