using System.Security.Cryptography;

namespace Accounts.Core.Sessions;

/// <summary>What a person reads to support, so that support finds the account and the session they mean. It says which; it lets nobody in.</summary>
/// <param name="Text">As it is shown and read: two groups of four, "7KX4-QM2D".</param>
/// <param name="ExpiresAt">Until when support finds it.</param>
public sealed record SupportCode(string Text, DateTimeOffset ExpiresAt)
{
    internal const int Length = 8;

    // Without I, L, O, U, 0 and 1: nothing that is taken for something else, read or heard, and no words.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    internal static string NewCode() => RandomNumberGenerator.GetString(Alphabet, Length);

    internal static SupportCode From(SupportCodeRow row) => new($"{row.Code[..(Length / 2)]}-{row.Code[(Length / 2)..]}", row.ExpiresAt);
}

/// <summary>A support code as the database keeps it.</summary>
internal sealed class SupportCodeRow
{
    /// <summary>Eight characters, without the dash.</summary>
    public required string Code { get; init; }

    public required Guid UserId { get; init; }

    public required Guid SessionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
