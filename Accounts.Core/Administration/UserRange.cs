using Accounts.Core.Users;

namespace Accounts.Core.Administration;

/// <summary>A stretch of the list of users that has the order of one index. A list is one range after the other.</summary>
internal sealed record UserRange
{
    private const string Email = "NormalizedEmail";

    /// <summary>The column that sorts the range before the id; null if the id alone does.</summary>
    private string? Column { get; init; }

    /// <summary>What each key begins with.</summary>
    private string Prefix { get; init; } = "";

    /// <summary>The only account of the range.</summary>
    private Guid? Id { get; init; }

    /// <summary>Whether the range has the accounts without an email only.</summary>
    private bool WithoutEmail { get; init; }

    /// <summary>The ranges before, whose users this one leaves out.</summary>
    private IReadOnlyList<UserRange> Others { get; init; } = [];

    /// <summary>Whether the range goes from the last key to the first one.</summary>
    private bool Descending { get; init; }

    /// <summary>The ranges of a query, in the list's order.</summary>
    public static IReadOnlyList<UserRange> Of(UserQuery query)
    {
        if (query.Search.Length > 0)
            return OfSearch(query.Search);
        UserRange range = new() { Descending = query.Descending };
        return query.Sort switch
        {
            UserSort.Name => [range with { Column = nameof(User.NameKey) }],
            UserSort.Email => [range with { Column = Email }, range with { WithoutEmail = true }],
            _ => [range],
        };
    }

    /// <summary>Whether a user belongs to the range.</summary>
    public bool Has(User user) => IsIn(user) && !Others.Any(other => other.IsIn(user));

    /// <summary>The SQL that reads users of the range.</summary>
    /// <param name="parameters">Takes over the statement's values.</param>
    /// <param name="filter">A condition on the users; empty if none.</param>
    /// <param name="anchor">The user after whom to begin, in the direction of reading; null for the range's beginning.</param>
    /// <param name="back">Whether to read against the list's order.</param>
    /// <param name="most">How many users to read at most.</param>
    /// <param name="byteOrder">What makes a column have the order of bytes: see <see cref="Storage.DatabaseEngine.ByteOrder"/>.</param>
    public string Select(List<object> parameters, string filter, User? anchor, bool back, int most, string byteOrder)
    {
        var falls = Descending != back;
        var direction = falls ? "DESC" : "ASC";
        var key = Sql(byteOrder);
        List<string> conditions = [];
        if (WithoutEmail)
            conditions.Add($"\"{Email}\" IS NULL");
        if (Id is { } id)
            conditions.Add($"\"Id\" = {Add(id)}");
        // A list begins with a condition, too. So an engine reads its index from there, and sorts nothing.
        if (key is null)
            conditions.Add(falls ? $"\"Id\" < {Add(anchor?.Id ?? Guid.AllBitsSet)}" : $"\"Id\" > {Add(anchor?.Id ?? Guid.Empty)}");
        else if (anchor is not null)
            conditions.Add($"({key}, \"Id\") {(falls ? '<' : '>')} ({Add(KeyOf(anchor)!)}, {Add(anchor.Id)})");
        // The other end of the beginning that was searched.
        if (key is not null && (anchor is null || falls))
            conditions.Add($"{key} >= {Add(Prefix)}");
        if (key is not null && Prefix.Length > 0 && (anchor is null || !falls))
            conditions.Add($"{key} < {Add(NameKey.After(Prefix))}");
        // A column without a value is in no range.
        foreach (var (column, prefix) in Others.Select(other => (other.Sql(byteOrder), other.Prefix)))
            conditions.Add($"NOT coalesce({column} >= {Add(prefix)} AND {column} < {Add(NameKey.After(prefix))}, FALSE)");
        if (filter.Length > 0)
            conditions.Add(filter);
        var order = key is null ? $"\"Id\" {direction}" : $"{key} {direction}, \"Id\" {direction}";
        return $"SELECT * FROM \"Users\" WHERE {string.Join(" AND ", conditions)} ORDER BY {order} LIMIT {Add(most)}";

        string Add(object value)
        {
            parameters.Add(value);
            return $"{{{parameters.Count - 1}}}";
        }
    }

    private static List<UserRange> OfSearch(string text)
    {
        if (Guid.TryParse(text, out var id))
            return [new UserRange { Id = id }];

        List<UserRange> ranges = [];
        if (text.Contains('@', StringComparison.Ordinal))
        {
            foreach (var key in EmailKey.All(text))
                Add(Email, key);
            return ranges;
        }

        Add(nameof(User.NameKey), NameKey.Of(text));
        Add(nameof(User.LastNameKey), NameKey.Of(text));
        Add(Email, EmailKey.OfBeginning(text));
        return ranges;

        void Add(string column, string prefix)
        {
            // A text of accents alone has no key.
            if (prefix.Length > 0)
                ranges.Add(new UserRange { Column = column, Prefix = prefix, Others = [.. ranges] });
        }
    }

    // Each other column has the order of bytes itself.
    private string? Sql(string byteOrder) => Column is null ? null
        : string.Equals(Column, Email, StringComparison.Ordinal) ? $"\"{Column}\"{byteOrder}" : $"\"{Column}\"";

    private string? KeyOf(User user) => Column switch
    {
        nameof(User.NameKey) => user.NameKey,
        nameof(User.LastNameKey) => user.LastNameKey,
        _ => user.NormalizedEmail,
    };

    private bool IsIn(User user) => Column is null
        ? (Id is null || Id == user.Id) && (!WithoutEmail || user.NormalizedEmail is null)
        : KeyOf(user)?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
