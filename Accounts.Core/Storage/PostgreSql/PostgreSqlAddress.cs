using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Accounts.Core.Storage.PostgreSql;

/// <summary>Where the PostgreSQL database is, and how to connect to it.</summary>
internal sealed class PostgreSqlAddress
{
    /// <summary>
    /// What a connection string needn't say. A request waits a few seconds for a server that doesn't answer, not half a minute. A pool leaves room
    /// for other programs: a server takes 100 connections by default.
    /// </summary>
    private const string Defaults =
        "Timeout=5;Command Timeout=10;Cancellation Timeout=1000;Keepalive=10;Maximum Pool Size=50;Application Name=Accounts";

    private PostgreSqlAddress(NpgsqlConnectionStringBuilder parts)
    {
        ConnectionString = parts.ToString();
        Name = string.Create(CultureInfo.InvariantCulture, $"{parts.Database} on {parts.Host}:{parts.Port}");
        User = parts.Username ?? "";
        // These two connections live on their own: the lock's as long as the process, a check's for one question.
        SingleConnectionString = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString();
    }

    /// <summary>For pooled connections, with the password.</summary>
    public string ConnectionString { get; }

    /// <summary>For a connection outside the pool, with the password.</summary>
    public string SingleConnectionString { get; }

    /// <summary>The database for messages, without secrets: "accounts on db.example.com:5432".</summary>
    public string Name { get; }

    /// <summary>The user; empty if the connection string names none.</summary>
    public string User { get; }

    /// <summary>Reads a connection string that the settings' rules allow.</summary>
    /// <exception cref="FormatException">They don't.</exception>
    public static PostgreSqlAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("This is no connection string with a host and a database.");

    public static bool TryParse(string text, [NotNullWhen(true)] out PostgreSqlAddress? address)
    {
        address = null;
        try
        {
            // Of two values for one keyword, the later one counts.
            var parts = new NpgsqlConnectionStringBuilder($"{Defaults};{text}");
            if (string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database))
                return false;
            address = new PostgreSqlAddress(parts);
            return true;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return false;
        }
    }
}
