namespace Accounts.Core.Storage;

/// <summary>Why the database saves nothing.</summary>
public enum DatabaseProblem
{
    /// <summary>It did not answer.</summary>
    NoAnswer,

    /// <summary>Its disk is full.</summary>
    DiskFull,

    /// <summary>It is read-only.</summary>
    ReadOnly,

    /// <summary>It is damaged.</summary>
    Damaged,

    /// <summary>Its file was deleted or replaced while the program runs. What is saved now is lost when the program stops.</summary>
    Replaced,

    /// <summary>The lock that keeps it for this process is lost, so another process may write to it, too.</summary>
    NotKept,
}
