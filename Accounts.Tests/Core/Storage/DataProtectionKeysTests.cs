using System.Security.Cryptography;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Storage;

public sealed class DataProtectionKeysTests
{
    [EachEngineFact]
    public async Task The_next_process_can_read_what_the_previous_one_protected()
    {
        using var database = new TestDatabase();
        string text;
        await using (var before = Start(database))
            text = Protector(before).Protect("a ticket");

        await using var after = Start(database);
        Assert.Equal("a ticket", Protector(after).Unprotect(text));
        Assert.Equal(1, after.Rows.Number("SELECT COUNT(*) FROM \"DataProtectionKeys\""));

        using var another = new TestDatabase();
        await using var elsewhere = Start(another);
        Assert.ThrowsAny<CryptographicException>(() => Protector(elsewhere).Unprotect(text));
    }

    private static CoreHost Start(TestDatabase database) =>
        CoreHost.Start(database, services => services.AddDataProtection().SetApplicationName("Accounts"));

    private static IDataProtector Protector(CoreHost host) => host.Get<IDataProtectionProvider>().CreateProtector("test");
}
