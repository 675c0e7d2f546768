using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>Keeps the Data Protection keys in the database, so that a restart signs nobody out.</summary>
/// <remarks>They protect cookies against tampering and nothing more: a ticket forged with them is refused, because it also needs a session key that the database does not hold.</remarks>
internal sealed class DataProtectionKeys(AccountsDatabase database) : IXmlRepository
{
    // The framework asks synchronously. On the pool, so that no context of the caller's is waited for.
    public IReadOnlyCollection<XElement> GetAllElements() => Task
        .Run(() => database.ReadAsync(db => db.DataProtectionKeys.Select(key => key.Xml).ToListAsync()))
        .GetAwaiter().GetResult()
        .ConvertAll(XElement.Parse);

    public void StoreElement(XElement element, string friendlyName) => Task
        .Run(() => database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.DataProtectionKeys.Add(new DataProtectionKeyRow { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
            return Task.FromResult(true);
        }))
        .GetAwaiter().GetResult();
}

internal sealed class DataProtectionKeyRow
{
    public int Id { get; init; }

    public required string FriendlyName { get; init; }

    public required string Xml { get; init; }
}
