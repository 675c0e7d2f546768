namespace Accounts.Web.Operators;

/// <summary>The program with its settings, as a start would read them.</summary>
/// <param name="settings">The settings on the command line.</param>
internal sealed class Installation(string[] settings)
{
    /// <summary>Makes the program's services. Nothing is opened or started.</summary>
    public WebApplication Build()
    {
        var builder = AccountsWeb.CreateBuilder(settings);
        builder.AddAccountsWeb();
        // A command prints what it finds, and fails with a message. The log would only repeat it between the lines.
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
