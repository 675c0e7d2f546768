using Accounts.Core.Providers;
using Accounts.Web.Addresses;

namespace Accounts.Web.Providers;

/// <summary>What a page says after a browser came back from a provider. The address carries its name, and never a text.</summary>
/// <param name="Name">Its name in addresses.</param>
internal sealed record ProviderNotice(string Name)
{
    /// <summary>The parameter with the notice's name.</summary>
    public const string Parameter = "outcome";

    /// <summary>The parameter with the provider's id.</summary>
    public const string ProviderParameter = "provider";

    /// <summary>The name of the one that says that the account's owner has deleted it, and can still keep it.</summary>
    public const string Deleted = "deleted";

    /// <summary>The name of the one that says that it worked.</summary>
    public const string Linked = "linked";

    public static readonly ProviderNotice Canceled = new("canceled");

    public static readonly ProviderNotice Expired = new("expired");

    public static readonly ProviderNotice Failed = new("failed");

    public static readonly ProviderNotice Unreachable = new("unreachable");

    public static readonly ProviderNotice Busy = new("busy");

    public static ProviderNotice Of(ProviderSignInOutcome outcome) => outcome switch
    {
        ProviderSignInOutcome.NotLinked => new("not-linked"),
        ProviderSignInOutcome.NoAccount => new("no-account"),
        ProviderSignInOutcome.EmailNotVerified => new("not-verified"),
        ProviderSignInOutcome.AccountDisabled => new("disabled"),
        ProviderSignInOutcome.NewPasswordRequired => new("new-password"),
        ProviderSignInOutcome.DeletionPending { ByOwner: true } => new(Deleted),
        ProviderSignInOutcome.DeletionPending => new("deleted-by-administrator"),
        ProviderSignInOutcome.Throttled => Busy,
        _ => Failed,
    };

    public static ProviderNotice Of(LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Linked or LinkOutcome.AlreadyLinked => new(Linked),
        LinkOutcome.LinkedElsewhere => new("linked-elsewhere"),
        LinkOutcome.TooMany => new("too-many"),
        _ => Failed,
    };

    public static ProviderNotice Of(ProviderProofOutcome outcome) => outcome switch
    {
        ProviderProofOutcome.OtherAccount => new("other-account"),
        ProviderProofOutcome.NotFresh => new("not-fresh"),
        _ => Failed,
    };

    /// <summary>The sentence of a notice; null for a name that there isn't.</summary>
    /// <param name="name">The notice's name, as anyone may have written it.</param>
    /// <param name="provider">The provider's name on pages.</param>
    public static string? Text(string? name, string provider) => name switch
    {
        "canceled" => Texts.FormatProviders_Canceled(provider),
        "expired" => Texts.Providers_Expired,
        "failed" => Texts.FormatProviders_Failed(provider),
        "unreachable" => Texts.FormatProviders_Unreachable(provider),
        "busy" => Texts.Providers_Busy,
        "not-linked" => Texts.FormatProviders_NotLinked(provider),
        "no-account" => Texts.FormatProviders_NoAccount(provider),
        "not-verified" => Texts.FormatProviders_NotVerified(provider),
        "disabled" => Texts.SignIn_AccountDisabled,
        "new-password" => Texts.Passkeys_NewPassword,
        Deleted => Texts.FormatProviders_DeletionPending(provider),
        "deleted-by-administrator" => Texts.Passkeys_DeletionByAdministrator,
        Linked => Texts.FormatProviders_Linked(provider),
        "linked-elsewhere" => Texts.FormatProviders_LinkedElsewhere(provider),
        "too-many" => Texts.FormatProviders_TooMany(ProviderAccounts.MaximumPerUser),
        "other-account" => Texts.FormatProviders_OtherAccount(provider),
        "not-fresh" => Texts.FormatProviders_NotFresh(provider),
        _ => null,
    };

    /// <summary>The address of the page that says it: the Security page for an act in a session, otherwise the sign-in page.</summary>
    public string At(HttpContext http, string provider, ProviderRequest? request)
    {
        var page = request?.Purpose is ProviderPurpose.Link or ProviderPurpose.Prove
            ? Paths.Security
            : ReturnAddress.OnTheWay(Paths.SignIn, request?.ReturnTo);
        return AtPage(http, page, provider);
    }

    /// <summary>The address of a page that says it.</summary>
    public string AtPage(HttpContext http, string page, string provider) =>
        $"{http.Request.PathBase}{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{ProviderParameter}={provider}&{Parameter}={Name}";
}
