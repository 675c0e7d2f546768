using System.Reflection;
using Accounts.Core.Storage;
using Xunit.v3;

namespace Accounts.Tests.Fixtures;

/// <summary>Keeps tests on SQLite when <c>ACCOUNTS_TEST_ENGINE</c> moves the others.</summary>
/// <remarks>
/// For tests about SQLite, and for those that rest on the order in which work arrives: SQLite answers at once, a server later. The first render of a
/// component is an example.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class OnSqliteAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => TestEngine.Use(StorageProvider.Sqlite);
}
