using System.CommandLine;
using Accounts.Core.Administration;

namespace Accounts.Web.Operators;

/// <summary>Gives an account a role of staff, or takes it away.</summary>
internal static class RoleCommands
{
    private static readonly Argument<string> Email = new("EMAIL") { Description = "The account's email" };

    private static readonly Argument<string> Role = NewRole();

    public static Command DescribeGrant(Installation installation)
    {
        var command = new ExplainedCommand("grant-role", "Gives an existing account a role of staff.", """
            The account's audit log records it. Settings may follow.
            The program may be running meanwhile. Then the account has the role from its next sign-in.

            Example:
              accounts grant-role ada@example.test Administrator
            """) { Email, Role };
        command.SetAction((line, cancellationToken) => GrantAsync(installation, line.GetRequiredValue(Email), FindRole(line), cancellationToken));
        return command;
    }

    public static Command DescribeRevoke(Installation installation)
    {
        var command = new ExplainedCommand("revoke-role", "Takes a role of staff away from an account.", """
            The account's audit log records it. Settings may follow.
            Stop the program first: it has the roles of open sessions in its memory. The next start has the change.

            Example:
              accounts revoke-role ada@example.test Administrator
            """) { Email, Role };
        command.SetAction((line, cancellationToken) => RevokeAsync(installation, line.GetRequiredValue(Email), FindRole(line), cancellationToken));
        return command;
    }

    private static Argument<string> NewRole()
    {
        var role = new Argument<string>("ROLE") { Description = string.Join(" or ", Roles.All), HelpName = "ROLE" };
        role.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. Roles.All]);
        return role;
    }

    /// <summary>The role as it is stored. The command line may have it in any case.</summary>
    private static string FindRole(ParseResult line)
    {
        var given = line.GetRequiredValue(Role);
        return Roles.All.Single(role => string.Equals(role, given, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<int> GrantAsync(Installation installation, string email, string role, CancellationToken cancellationToken)
    {
        await using var app = installation.Build();
        app.Services.OpenAccountsForCommand();
        switch (await app.Services.GetRequiredService<RoleGrants>().GrantAsync(email, role, cancellationToken))
        {
            case GrantOutcome.Granted:
                Console.WriteLine($"{email} has the role {role} now. Where the account is signed in already, it needs to sign in again.");
                return 0;
            case GrantOutcome.AlreadyHas:
                Console.WriteLine($"{email} has the role {role} already. Nothing has changed.");
                return 0;
            default:
                return await RefuseAsync(email);
        }
    }

    private static async Task<int> RevokeAsync(Installation installation, string email, string role, CancellationToken cancellationToken)
    {
        await using var app = installation.Build();
        app.Services.OpenAccountsForCommand(alone: true);
        switch (await app.Services.GetRequiredService<RoleGrants>().RevokeAsync(email, role, cancellationToken))
        {
            case RevokeOutcome.Revoked:
                Console.WriteLine($"{email} doesn't have the role {role} any more.");
                return 0;
            case RevokeOutcome.HasNot:
                Console.WriteLine($"{email} doesn't have the role {role}. Nothing has changed.");
                return 0;
            case RevokeOutcome.LastAdministrator:
                await Console.Error.WriteLineAsync(
                    $"{email} is the only administrator, so nothing has changed. First give the role to somebody else, with grant-role.");
                return 1;
            default:
                return await RefuseAsync(email);
        }
    }

    private static async Task<int> RefuseAsync(string email)
    {
        await Console.Error.WriteLineAsync($"There is no account with the email {email}. Correct it, or register the account first.");
        return 1;
    }
}
