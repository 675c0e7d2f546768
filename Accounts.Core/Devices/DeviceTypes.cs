namespace Accounts.Core.Devices;

/// <summary>Chooses between several kinds of device that a text names.</summary>
internal static class DeviceTypes
{
    /// <summary>The more specific kind. For example, a television also says Mobile.</summary>
    public static DeviceType Stronger(DeviceType one, DeviceType other) => Weight(other) > Weight(one) ? other : one;

    private static int Weight(DeviceType type) => type switch
    {
        DeviceType.Car => 7,
        DeviceType.Watch => 6,
        DeviceType.Console => 5,
        DeviceType.TV => 4,
        DeviceType.Tablet => 3,
        DeviceType.Mobile => 2,
        DeviceType.Desktop => 1,
        _ => 0,
    };
}
