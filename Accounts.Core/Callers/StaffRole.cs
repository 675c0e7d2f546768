namespace Accounts.Core.Callers;

/// <summary>What a member of staff may do, from least to most. Whoever has a role may do all that a lesser one may.</summary>
internal enum StaffRole
{
    /// <summary>Not a member of staff.</summary>
    None = 0,

    /// <summary>Finds accounts, and views them as their owners see them.</summary>
    Support = 1,

    /// <summary>Administers accounts.</summary>
    Administrator = 2,
}
