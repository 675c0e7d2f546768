namespace Accounts.Core.Settings;

/// <summary>The application cannot start, and the message says in plain words why and what to do about it.</summary>
public class StartupException(string message, Exception? inner = null) : Exception(message, inner);
