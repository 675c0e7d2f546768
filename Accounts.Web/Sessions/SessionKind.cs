using Accounts.Core.Devices;

namespace Accounts.Web.Sessions;

/// <summary>What people call the kinds of things that they are signed in on: the headings that many cards stand under, and what one can look for.</summary>
internal sealed record SessionKind(string Key, string Title, string Icon)
{
    public static readonly SessionKind Computers = new("computers", "Computers", "desktop");
    public static readonly SessionKind Phones = new("phones", "Phones", "phone");
    public static readonly SessionKind Tablets = new("tablets", "Tablets", "tablet");
    public static readonly SessionKind Other = new("other", "Other", "bot");

    /// <summary>In the order of the page.</summary>
    public static readonly IReadOnlyList<SessionKind> All = [Computers, Phones, Tablets, Other];

    public static SessionKind Of(DeviceType type) => type switch
    {
        DeviceType.Desktop => Computers,
        DeviceType.Mobile => Phones,
        DeviceType.Tablet => Tablets,
        _ => Other,
    };
}
