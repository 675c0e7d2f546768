using Accounts.AspNetCore.Network;
using Accounts.Core.Passkeys;
using Microsoft.AspNetCore.Identity;

namespace Accounts.AspNetCore.Passkeys;

/// <summary>Makes Identity's passkey handler, one for each question and each answer.</summary>
/// <remarks>
/// Identity's services stay in a container of their own: an application that uses Identity itself keeps its services and options as they are. The
/// handler sees one account and can store nothing.
/// </remarks>
internal sealed class PasskeyHandlers : IDisposable
{
    private readonly ServiceProvider _identity;

    public PasskeyHandlers(PasskeyOptions settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddScoped<PasskeyStore>();
        services.AddScoped<IUserStore<PasskeyAccount>>(sp => sp.GetRequiredService<PasskeyStore>());
        services.AddIdentityCore<PasskeyAccount>();
        services.AddScoped<IPasskeyHandler<PasskeyAccount>, PasskeyHandler<PasskeyAccount>>();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = settings.ServerDomain;
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
            options.AttestationConveyancePreference = "none";
            options.AuthenticatorTimeout = PasskeyAttempt.Patience;
            options.ValidateOrigin = asked =>
                ValueTask.FromResult(!asked.CrossOrigin && SameOrigin.IsOf(asked.Origin, asked.HttpContext.Request));
        });
        _identity = services.BuildServiceProvider();
    }

    /// <summary>Makes a handler and uses it.</summary>
    /// <param name="account">The account that the handler sees; null if it may know none.</param>
    /// <param name="use">What to do with it.</param>
    public async Task<T> UseAsync<T>(PasskeyAccount? account, Func<IPasskeyHandler<PasskeyAccount>, Task<T>> use)
    {
        await using var scope = _identity.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<PasskeyStore>().Account = account;
        return await use(scope.ServiceProvider.GetRequiredService<IPasskeyHandler<PasskeyAccount>>());
    }

    public void Dispose() => _identity.Dispose();
}
