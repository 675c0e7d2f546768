using Accounts.Core.Users;

namespace Accounts.Web.SignIn;

/// <summary>What is wrong with the fields of a form, one sentence for each. The rules live in the core and nowhere else.</summary>
internal sealed class FormErrors
{
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <param name="field">The name of the input's property.</param>
    /// <returns>Null if nothing is wrong with it.</returns>
    public string? Of(string field) => _problems.GetValueOrDefault(field);

    public void Add(string field, string problem) => _problems.TryAdd(field, problem);

    public void Add(IEnumerable<InputError> errors)
    {
        foreach (var error in errors)
            Add(error.Field, InputText.Of(error));
    }
}
