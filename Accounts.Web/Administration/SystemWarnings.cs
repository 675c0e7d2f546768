using Accounts.Core.Administration;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Web.Health;
using Accounts.Web.Languages;
using Accounts.Web.Sessions;
using Accounts.Web.SupportConsole;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Administration;

/// <summary>Something that an administrator must look at.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Advice">What to do.</param>
internal sealed record SystemWarning(SystemPart Part, MarkupString Title, MarkupString Advice);

/// <summary>Finds what an administrator must look at, and says what to do.</summary>
internal static class SystemWarnings
{
    /// <summary>How long the page still says that a sign-in over plain http was refused: 1 day.</summary>
    private static readonly TimeSpan PlainHttpOf = TimeSpan.FromDays(1);

    /// <param name="state">How the installation is doing.</param>
    /// <param name="problem">Why the database saves nothing; null if it does.</param>
    /// <param name="plainHttp">When a sign-in over plain http was last refused; null if none was.</param>
    public static IReadOnlyList<SystemWarning> Of(SystemState state, DatabaseProblem? problem, DateTimeOffset? plainHttp)
    {
        List<SystemWarning> warnings = [];
        if (problem is { } why)
        {
            var explained = DatabaseCheck.Explain(why);
            Add(SystemPart.Database, Texts.System_SavesNothing, why is DatabaseProblem.NoAnswer ? $"{explained} {Texts.System_FindLock}" : explained);
        }

        AddStorage(state.Database);
        if (InstallationText.PlacesRefused(state.Places) is { } refused)
            Add(SystemPart.Places, Texts.System_PlacesRefused, refused);
        if (InstallationText.PlacesOld(state.Places, state.At) is { } old)
            Add(SystemPart.Places, Texts.FormatSystem_PlacesOld(SystemText.Days(state.Places.Age(state.At))), old);
        if (state.Push is { IsSlow: true } push)
            Add(SystemPart.Push, Texts.FormatSystem_PushSlow(SystemText.Of(push.Percentile95)), Texts.System_PushSlowDo);
        if (state.HashingRefusedAt is { } hashing)
            AddAt(SystemPart.SignIn, Texts.System_HashingRefused, hashing, Texts.System_HashingRefusedDo);
        if (state.FormsRefusedAt is { } forms)
            AddAt(SystemPart.SignIn, Texts.System_FormsRefused, forms, Texts.System_FormsRefusedDo);
        if (state.Mail is { Problem: { } down })
        {
            var advice = Sentence.Of(Texts.System_MailDownDo, ("why", TypedText.Isolate(TypedText.Clean(down.Why).TrimEnd('.'))));
            warnings.Add(new SystemWarning(SystemPart.Mail, Moment.In(Texts.System_MailDown, down.Since, "on"), advice));
        }
        else if (state.Mail is { OldestAt: { } oldest } mail && mail.IsLate(state.At))
            AddAt(SystemPart.Mail, Texts.System_MailLate, oldest, Texts.System_MailLateDo);
        if (plainHttp is { } plain && state.At - plain < PlainHttpOf)
            AddAt(SystemPart.Https, Texts.System_PlainHttp, plain, Texts.System_PlainHttpDo);
        if (state.ClockLag is { } lag)
            Add(SystemPart.Clock, Texts.FormatSystem_ClockLag(SessionText.Duration(lag)), Texts.System_ClockLagDo);
        if (state.ClockBack is { } back)
            Add(SystemPart.Clock, Texts.FormatSystem_ClockBack(SessionText.Duration(back)), Texts.System_ClockBackDo);
        return warnings;

        void AddStorage(DatabaseFacts database)
        {
            if (database.IsShortOfRoom)
                Add(SystemPart.Room, Texts.FormatSystem_ShortOfRoom(SystemText.Size(database.FreeBytes)), Texts.System_ShortOfRoomDo);
            if (database.LargeLogBytes is { } log)
                Add(SystemPart.Database, Texts.FormatSystem_LargeLog(SystemText.Size(log)), Texts.System_LargeLogDo);
            if (database.IsReadableByOthers)
                Add(SystemPart.Database, Texts.System_Readable, Sentence.Of(Texts.System_ReadableDo, ("files", Code($"{database.Name}*"))));
            if (database.Pending.Count > 0)
                Add(SystemPart.Tables, Plural.Of(nameof(Texts.System_Pending_other), database.Pending.Count), Texts.System_PendingDo);
        }

        void Add(SystemPart part, string title, object advice) => warnings.Add(new SystemWarning(
            part, Sentence.Of("{title}", ("title", title)), advice as MarkupString? ?? Sentence.Of("{advice}", ("advice", advice))));

        void AddAt(SystemPart part, string title, DateTimeOffset at, string advice) =>
            warnings.Add(new SystemWarning(part, Moment.In(title, at, "on"), Sentence.Of(advice)));
    }

    private static MarkupString Code(string text) => new($"<code>{Sentence.Encode(TypedText.Clean(text))}</code>");
}
