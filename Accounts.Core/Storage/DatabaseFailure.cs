namespace Accounts.Core.Storage;

/// <summary>What went wrong in the database.</summary>
internal enum DatabaseFailure
{
    /// <summary>Another transaction got in the way, and this one had no effect. It may succeed when it runs again.</summary>
    Conflict,

    /// <summary>A unique index or another constraint refuses the data.</summary>
    Constraint,

    /// <summary>The database did not answer, or can't.</summary>
    Unavailable,
}

/// <summary>A constraint refused the data of a write; nothing changed. The command that expects it makes it an outcome.</summary>
internal sealed class ConstraintException(Exception inner) : Exception("The database refuses the data: " + inner.Message, inner);

/// <summary>The connection broke during a commit, and the database could not be asked about the transaction since.</summary>
internal sealed class CommitUnknownException(Exception inner, Task<bool>? committed = null)
    : Exception("The database did not say whether it committed.", inner)
{
    /// <summary>Completes when the database says at last whether it committed; null if nobody asks it.</summary>
    public Task<bool>? Committed => committed;
}
