using System.Reflection;
using Accounts.Core.Callers;

namespace Accounts.Tests.House;

/// <summary>Every command names its caller.</summary>
public sealed class CommandTests
{
    /// <summary>Public asynchronous methods that take no caller, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["SessionAuthenticator.AuthenticateAsync"] = "It is what finds out who asks.",
        ["SessionAuthenticator.FindLiveAsync"] = "The same, for a connection that has shown its key before.",
        ["SessionAuthenticator.FindCallerAsync"] = "The same, as a caller.",
        ["SessionDepartures.ConfirmLeftAsync"] = "Whoever holds the key of an ended session is nobody any more.",
        ["SessionDepartures.RecordToldAsync"] = "The server itself: it has told the pages of an ended session.",
        ["SessionDepartures.RecordClosedAsync"] = "The server itself: it has closed the connections of an ended session.",
        ["SupportCodes.FindOrMakeForEndedAsync"] = "Whoever holds the key of an ended session is nobody any more.",
        ["ProofDoor.OpenAsync"] = "Whoever verifies a user who isn't signed in yet.",
        ["ExternalUsers.EndSessionsAsync"] = "An application that keeps its own users decides by its own rules.",
        ["ExternalUsers.DeleteAsync"] = "The same.",
        ["ProviderLogout.EndAsync"] = "A provider's server, which is known by its signature.",
        ["SignInQueue.EnterAsync"] = "It comes before anybody is asked who they are.",
        ["DatabaseProbe.FindProblemAsync"] = "Whoever watches over the server: it says nothing of anybody.",
        ["AccountsOperations.CheckAccountsAsync"] = "Whoever operates the server: it counts accounts and names nobody.",
        ["RoleGrants.GrantAsync"] = "Whoever operates the server: no account may do it.",
        ["RoleGrants.RevokeAsync"] = "The same.",
        ["IMailSender.ConnectAsync"] = "The outbox calls it.",
        ["IMailConnection.SendAsync"] = "The same.",
        ["AccountsCore.CopyToPostgreSqlAsync"] = "Whoever runs the program, which isn't started.",
    };

    [Fact]
    public void Every_public_command_takes_a_caller_or_a_browser_first()
    {
        var without = Commands().Where(method =>
            method.GetParameters() is not [{ ParameterType: var first }, ..] || (first != typeof(Caller) && first != typeof(CallingBrowser)));
        Assert.Equal(
            string.Join('\n', Exceptions.Keys.Order(StringComparer.Ordinal)),
            string.Join('\n', without.Select(Product.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_search_finds_the_commands()
    {
        var names = Commands().Select(Product.Name).ToList();
        Assert.Contains("SessionService.TerminateAsync", names, StringComparer.Ordinal);
        Assert.Contains("Registration.RegisterAsync", names, StringComparer.Ordinal);
        Assert.True(names.Count >= 10);
    }

    [Fact]
    public void Methods_that_return_a_task_end_with_Async()
    {
        var tasks = Product.MethodsOf(Product.Core).Where(Product.IsAwaited);
        Assert.Equal("", string.Join('\n', tasks.Where(method => !method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(Product.Name)));
    }

    private static IEnumerable<MethodInfo> Commands() =>
        Product.MethodsOf(Product.Core).Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal));
}
