namespace Accounts.Tests.Fixtures;

/// <summary>Tests of state that the whole process shares: they run one at a time, with no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
