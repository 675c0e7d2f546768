using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>Stores the Data Protection keys in the database, so that a restart signs nobody out.</summary>
/// <remarks>
/// The keys only protect cookies against tampering. A ticket forged with them is refused: it also needs a session key, and the database stores
/// only hashes of those.
/// </remarks>
internal sealed class DataProtectionKeys(AccountsDatabase database) : IXmlRepository
{
    // The framework calls this synchronously. Task.Run avoids waiting for the caller's synchronization context.
    public IReadOnlyCollection<XElement> GetAllElements() => Task
        .Run(() => database.ReadAsync(db => db.DataProtectionKeys.Select(key => key.Xml).ToListAsync()))
        .GetAwaiter().GetResult()
        .ConvertAll(XElement.Parse);

    public void StoreElement(XElement element, string friendlyName) => Task
        .Run(() => database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.DataProtectionKeys.Add(
                new DataProtectionKeyRow { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
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
