namespace Accounts.Core.Storage;

/// <summary>The database did not answer or refused. The transaction was rolled back, so nothing changed.</summary>
/// <remarks>
/// Only if a database server went away during the commit and stayed away, nobody can tell: then <see cref="MayHaveChanged"/> is true. From then on
/// memory proves nothing any more: every session is read again, so an ending that was committed holds. It is announced when the database says so.
/// </remarks>
public sealed class DatabaseUnavailableException : Exception
{
    internal DatabaseUnavailableException(Exception inner)
        : base("The database did not answer. Nothing changed.", inner)
    {
    }

    internal DatabaseUnavailableException(CommitUnknownException inner)
        : base("The database did not answer while it saved. Look whether the change is there before you repeat it.", inner)
    {
        MayHaveChanged = true;
        Committed = inner.Committed;
    }

    /// <summary>Whether the change may have happened anyway.</summary>
    public bool MayHaveChanged { get; }

    /// <inheritdoc cref="CommitUnknownException.Committed"/>
    internal Task<bool>? Committed { get; }
}
