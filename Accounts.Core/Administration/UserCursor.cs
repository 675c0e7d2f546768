using System.Buffers;
using System.Buffers.Text;

namespace Accounts.Core.Administration;

/// <summary>A place in the list of users: just after or just before one of them.</summary>
/// <remarks>It holds the user's id only, so that an address with it tells no name and no email.</remarks>
public sealed record UserCursor
{
    private const int Bytes = 16;
    private const int Length = 23;
    private const char AfterMark = 'a';
    private const char BeforeMark = 'b';

    private UserCursor(Guid user, bool before) => (User, IsBefore) = (user, before);

    internal Guid User { get; }

    internal bool IsBefore { get; }

    /// <summary>Reads a cursor from an address. Null for any text that <see cref="ToString"/> can't have made.</summary>
    /// <param name="text">The text; null counts as none.</param>
    public static UserCursor? Parse(string? text)
    {
        Span<byte> value = stackalloc byte[Bytes];
        if (text is not { Length: Length } || text[0] is not (AfterMark or BeforeMark)
            || Base64Url.DecodeFromChars(text.AsSpan(1), value, out _, out var written) != OperationStatus.Done || written != Bytes)
        {
            return null;
        }

        var cursor = new UserCursor(new Guid(value, bigEndian: true), text[0] == BeforeMark);
        return string.Equals(cursor.ToString(), text, StringComparison.Ordinal) ? cursor : null;
    }

    /// <summary>The cursor as text for an address: 23 characters of base64url.</summary>
    public override string ToString() => $"{(IsBefore ? BeforeMark : AfterMark)}{Base64Url.EncodeToString(User.ToByteArray(bigEndian: true))}";

    internal static UserCursor After(Guid user) => new(user, before: false);

    internal static UserCursor Before(Guid user) => new(user, before: true);
}
