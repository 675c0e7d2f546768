using System.Security.Cryptography;

namespace Accounts.Core.Support;

/// <summary>A code that a user reads to support, so that support finds their account and session. It doesn't sign anyone in.</summary>
/// <param name="Text">The code as pages show it: two groups of four, "7KX4-QM2D".</param>
/// <param name="ExpiresAt">When it expires. Support can't find it after that.</param>
public sealed record SupportCode(string Text, DateTimeOffset ExpiresAt)
{
    internal const int Length = 8;

    // Without I, L, O, U, 0 and 1: no character looks or sounds like another one, and no code is a word.
    internal const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    internal static string NewCode() => RandomNumberGenerator.GetString(Alphabet, Length);

    internal static SupportCode From(SupportCodeRow row) => new($"{row.Code[..(Length / 2)]}-{row.Code[(Length / 2)..]}", row.ExpiresAt);
}

/// <summary>A support code in the database.</summary>
internal sealed class SupportCodeRow
{
    /// <summary>Eight characters, without the dash.</summary>
    public required string Code { get; init; }

    public required Guid UserId { get; init; }

    public required Guid SessionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
