namespace Accounts.Core.Devices;

/// <summary>The kind of device that a browser runs on.</summary>
public enum DeviceType
{
    /// <summary>The signals don't say.</summary>
    Unknown,

    /// <summary>A desktop or laptop computer.</summary>
    Desktop,

    /// <summary>A phone.</summary>
    Mobile,

    /// <summary>A tablet.</summary>
    Tablet,

    /// <summary>A program without a user: a crawler, an AI agent, a monitor, a command-line tool or a library.</summary>
    Bot,

    /// <summary>A television, or a box beside one.</summary>
    TV,

    /// <summary>A game console.</summary>
    Console,

    /// <summary>A watch.</summary>
    Watch,

    /// <summary>A car.</summary>
    Car,
}
