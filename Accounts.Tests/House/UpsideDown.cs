#pragma warning disable CA1823, CS0169, CS0414, CS0649, IDE0051, MA0182, S1144, MA0177
// Deliberate violations of the room rules: the scanner must find each of them.
namespace Accounts.Tests.House.UpsideDown.Attic
{
    internal class Trunk
    {
        public static int Count() => 1;

        public virtual string Name => "trunk";
    }

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class DustyAttribute : Attribute;
}

namespace Accounts.Tests.House.UpsideDown.Cellar
{
    using Accounts.Tests.House.UpsideDown.Attic;

    internal sealed class CallsIt
    {
        public int Run() => Trunk.Count();
    }

    internal sealed class CallsItLater
    {
        public async Task<int> RunAsync(IEnumerable<int> numbers)
        {
            await Task.Yield();
            return numbers.Sum(number => number + Trunk.Count());
        }
    }

    internal sealed class HoldsIt
    {
        private readonly List<Trunk[]>? _trunks = null;
    }

    internal sealed class ReturnsIt
    {
        public Task<Trunk?> Find() => Task.FromResult<Trunk?>(null);
    }

    internal sealed class IsIt : Trunk;

    internal sealed class NestsIt
    {
        private sealed class Box
        {
            public bool Fits(object thing) => thing is Trunk;
        }
    }

    [Dusty]
    internal sealed class IsMarkedWithIt;

    internal sealed class OnlyAllowsIt<T> where T : Trunk;

    internal sealed class KnowsNothingOfIt
    {
        public int Run() => new[] { 1, 2 }.Sum(number => number + CallsItNot());

        private static int CallsItNot() => 0;
    }
}
