using Accounts.Core.Devices;

namespace Accounts.Web.Manager;

/// <summary>The everyday kinds of devices. They serve as the headings of many cards and as filters.</summary>
internal sealed record DeviceKind(string Key, string Icon)
{
    public static readonly DeviceKind Computers = new("computers", "desktop");
    public static readonly DeviceKind Phones = new("phones", "phone");
    public static readonly DeviceKind Tablets = new("tablets", "tablet");
    public static readonly DeviceKind Other = new("other", "bot");

    /// <summary>All kinds, in the page's order.</summary>
    public static readonly IReadOnlyList<DeviceKind> All = [Computers, Phones, Tablets, Other];

    public string Title => Key switch
    {
        "computers" => Texts.Sessions_Computers,
        "phones" => Texts.Sessions_Phones,
        "tablets" => Texts.Sessions_Tablets,
        _ => Texts.Sessions_OtherKinds,
    };

    public static DeviceKind Of(DeviceType type) => type switch
    {
        DeviceType.Desktop => Computers,
        DeviceType.Mobile => Phones,
        DeviceType.Tablet => Tablets,
        _ => Other,
    };
}
