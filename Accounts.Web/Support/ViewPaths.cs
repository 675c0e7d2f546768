using Accounts.Core.Callers;

namespace Accounts.Web.Support;

/// <summary>The addresses of views of support.</summary>
internal static class ViewPaths
{
    /// <summary>Where the banner's button posts.</summary>
    public const string End = "/support/view/end";

    /// <summary>Where a view leads: the account, as its owner sees it.</summary>
    public const string Start = "/settings/sessions";

    /// <summary>The query key with the view that has ended.</summary>
    public const string EndedParameter = "ended";

    /// <summary>Where a member of staff is once a view has ended.</summary>
    public static string Ended(SessionId view) => $"/support?{EndedParameter}={view}";
}
