namespace Accounts.Tests.Fixtures;

/// <summary>The tests of what the whole process shares: they run one after the other, when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
