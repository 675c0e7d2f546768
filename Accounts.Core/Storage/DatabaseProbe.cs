using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>Checks whether the database answers.</summary>
public sealed class DatabaseProbe
{
    private readonly AccountsDatabase _database;

    internal DatabaseProbe(AccountsDatabase database) => _database = database;

    /// <summary>Whether the last write failed. The log says why, and says when one succeeds again.</summary>
    public bool WritesFail => _database.WritesFail;

    /// <summary>Reads a row of the smallest table; false if the database did not answer.</summary>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _database.ReadAsync(db => db.DataProtectionKeys.AnyAsync(cancellationToken));
            return true;
        }
        catch (DatabaseUnavailableException)
        {
            return false;
        }
    }
}
