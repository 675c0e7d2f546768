namespace Accounts.Core.Storage;

/// <summary>The database did not answer or refused. The transaction was rolled back, so nothing changed.</summary>
public sealed class DatabaseUnavailableException(Exception inner) : Exception("The database did not answer. Nothing changed.", inner);
