namespace Accounts.Core.Storage;

/// <summary>A table that was copied to another database.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Rows">How many rows it has there, as many as in the original.</param>
public sealed record CopiedTable(string Name, long Rows);
