namespace Accounts.Core.Users;

/// <summary>What concerns every account at once. The table has one row, which the start adds.</summary>
internal sealed class InstallationRow
{
    /// <summary>The id of the only row.</summary>
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    /// <summary>How often everybody's sessions were ended. Sessions that started in an earlier epoch end.</summary>
    public long Epoch { get; set; }
}
