namespace Accounts.Core.Storage;

/// <summary>The database did not answer or refused; the transaction was rolled back and nothing changed.</summary>
public sealed class DatabaseUnavailableException(Exception inner) : Exception("The database did not answer. Nothing changed.", inner);
