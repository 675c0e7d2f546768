using Accounts.Core.Users;
using Microsoft.AspNetCore.Components.Forms;

namespace Accounts.Web.SignIn;

/// <summary>Shows what the core said of an input beside the fields of its form. The rules live in the core and nowhere else.</summary>
internal sealed class FormErrors
{
    private readonly ValidationMessageStore _messages;

    public FormErrors(object model)
    {
        Context = new EditContext(model);
        _messages = new ValidationMessageStore(Context);
    }

    public EditContext Context { get; }

    public void Show(IEnumerable<InputError> errors)
    {
        foreach (var error in errors)
            _messages.Add(Context.Field(error.Field), error.Message);
        Context.NotifyValidationStateChanged();
    }
}
