using System.Data.Common;

namespace Accounts.Core.Storage;

/// <summary>Reads single columns on a plain connection, for the checks on startup.</summary>
/// <remarks>Entity Framework's connection would first log each problem with a stack trace.</remarks>
internal static class DatabaseTexts
{
    /// <summary>The texts in a query's first column.</summary>
    public static List<string> ReadTexts(this DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> values = [];
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }
}
