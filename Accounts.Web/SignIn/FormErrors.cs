using Accounts.Core.Users;
using Accounts.Web.Look;

namespace Accounts.Web.SignIn;

/// <summary>The problems of a form's fields, one sentence each. Only the core defines the rules.</summary>
internal sealed class FormErrors
{
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <param name="field">The input property's name.</param>
    /// <returns>The field's problem; null if there is none.</returns>
    public string? Of(string field) => _problems.GetValueOrDefault(field);

    public void Add(string field, string problem) => _problems.TryAdd(field, problem);

    public void Add(IEnumerable<InputError> errors)
    {
        foreach (var error in errors)
            Add(error.Field, InputProblemText.Of(error));
    }
}
