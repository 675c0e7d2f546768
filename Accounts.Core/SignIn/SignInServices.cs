using Accounts.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Accounts.Core.SignIn;

/// <summary>Registers every way to sign in and to prove who one is.</summary>
internal static class SignInServices
{
    public static void AddSignIn(this IServiceCollection services)
    {
        services.TryAddSingleton(new SignInProviders([]));
        services.AddSingleton<WaysIn>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<RefusedAttempts>();
        services.AddSingleton<PasswordVerifier>();
        services.AddSingleton<SessionStarter>();
        services.AddMade<SignInQueue>();
        services.AddMade<PasswordSignIn>();
        services.AddMade<SecondStep>();
        services.AddSingleton<EmailRequests>();
        services.AddMade<SignInLinks>();
        services.AddMade<PasswordReset>();
        services.AddMade<Registration>();
        services.AddMade<Reauthentication>();
        services.AddMade<PasswordChange>();
        services.AddMade<ProofDoor>();
        services.AddMade<ExternalUsers>();
        services.AddMade<RefusedAttemptReader>();
        services.AddHostedService<RefusedAttemptUpkeep>();
    }
}
