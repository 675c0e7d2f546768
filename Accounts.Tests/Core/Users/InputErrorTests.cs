using Accounts.Core.Users;

namespace Accounts.Tests.Core.Users;

/// <summary>An application without texts of its own can show what is wrong.</summary>
public sealed class InputErrorTests
{
    [Fact]
    public void Every_problem_says_what_to_do()
    {
        var messages = Enum.GetValues<InputProblem>().Select(problem => new InputError("Password", problem, 12).Message).ToList();
        Assert.Equal(messages.Count, messages.Distinct(StringComparer.Ordinal).Count());
        Assert.All(messages, message => Assert.Matches("^[A-Z].* .*[.]$", message));
        Assert.Contains("Use at least 12 characters.", messages, StringComparer.Ordinal);
    }
}
