namespace Accounts.Core.Settings;

/// <summary>The application can't start. The message says why and what to do.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
