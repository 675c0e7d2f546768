namespace Accounts.Core.Devices;

/// <summary>The kind of device that a browser runs on.</summary>
public enum DeviceType
{
    Unknown,
    Desktop,
    Mobile,
    Tablet,

    /// <summary>A program without a user: a crawler, an AI agent, a monitor, a command-line tool or a library.</summary>
    Bot,
    TV,
    Console,
    Watch,
    Car,
}
