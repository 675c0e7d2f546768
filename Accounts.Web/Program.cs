using Accounts.Core;
using Accounts.Core.Settings;
using Accounts.Web;
using Accounts.Web.Operators;
using Microsoft.AspNetCore.Connections;

try
{
    var line = CommandLine.Read(args);
    if (line.HasCommand)
        return await line.RunAsync();

    var builder = AccountsWeb.CreateBuilder(args);
    builder.AddAccountsWeb();

    await using var app = builder.Build();
    app.Services.OpenAccounts();
    await app.SeedInDevelopmentAsync();
    app.UseAccountsWeb();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (StartupException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Interrupted. Nothing has changed.");
    return 1;
}
catch (InvalidDataException unreadable)
{
    await Console.Error.WriteLineAsync(
        $"appsettings.json cannot be read: {(unreadable.InnerException ?? unreadable).Message} Correct the file and start again.");
    return 1;
}
catch (FileNotFoundException missing)
{
    await Console.Error.WriteLineAsync($"{missing.Message} Copy the repository's appsettings.json to the program's folder.");
    return 1;
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{taken.Message} Stop the program that listens there, or choose another address with --urls.");
    return 1;
}

/// <summary>The entry point, public so that tests can start the application.</summary>
public partial class Program;
