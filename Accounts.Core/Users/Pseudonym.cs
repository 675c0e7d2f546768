using System.Security.Cryptography;
using Accounts.Core.Callers;

namespace Accounts.Core.Users;

/// <summary>What stands for a deleted account where others' logs mention it: the same text each time, which tells nothing about the person.</summary>
internal static class Pseudonym
{
    /// <summary>8 hexadecimal digits: "3f9a12c0".</summary>
    public static string Of(UserId user) => Convert.ToHexStringLower(SHA256.HashData(user.Value.ToByteArray(bigEndian: true)).AsSpan(0, 4));
}
