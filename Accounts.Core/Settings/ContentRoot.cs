namespace Accounts.Core.Settings;

/// <summary>The folder that relative paths in the settings start from.</summary>
internal sealed record ContentRoot(string Path);
