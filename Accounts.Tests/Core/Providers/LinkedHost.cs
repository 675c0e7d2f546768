using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Core.Providers;

/// <summary>The core with two providers, whose answers are taken as verified.</summary>
internal static class LinkedHost
{
    public const string Google = "google";
    public const string Other = "other";
    public const string Issuer = "https://id.example.test";
    public const string OtherIssuer = "https://other.example.test";

    public static CoreHost Start(bool mail = false, bool mayConfirm = true) => CoreHost.Start(services =>
    {
        services.AddSingleton(new SignInProviders(
            [
            new SignInProvider(Google, "Google", Issuer) { MayConfirm = mayConfirm },
            new SignInProvider(Other, "Other", OtherIssuer) { MayRegister = false, MayConfirm = false },
        ]));
        if (mail)
            services.AddSingleton<IMailSender, NoSender>();
    });

    /// <summary>What a provider says of somebody.</summary>
    public static ProviderAnswer Says(string subject, string? email = null, string? sid = null) =>
        new(Issuer, subject) { Email = email, IsEmailVerified = true, Sid = sid };

    /// <summary>Sends a browser to the provider and brings the request back.</summary>
    public static async Task<ProviderRequest> AskAsync(
        CoreHost host, CallingBrowser browser, string provider = Google, bool keepsAccount = false)
    {
        var signIn = host.Get<ProviderSignIn>();
        var began = Assert.IsType<BeginProviderOutcome.Began>(await signIn.BeginAsync(browser, provider, null, keepsAccount));
        return (await signIn.OpenAsync(browser, provider, began.Token))!;
    }

    /// <summary>Signs in through the provider.</summary>
    public static async Task<ProviderSignInOutcome> SignInAsync(
        CoreHost host, ProviderAnswer answer, CallingBrowser? browser = null, string provider = Google)
    {
        browser ??= CoreHost.NewBrowser();
        return await host.Get<ProviderSignIn>().SignInAsync(browser, await AskAsync(host, browser, provider), answer);
    }

    /// <summary>Signs in through the provider, in a browser that is signed in then.</summary>
    public static async Task<SignedInBrowser> ComeAsync(CoreHost host, ProviderAnswer answer)
    {
        var browser = CoreHost.NewBrowser();
        var session = Assert.IsType<ProviderSignInOutcome.SignedIn>(await SignInAsync(host, answer, browser)).Session;
        var live = await host.Authenticator.AuthenticateAsync(session.Id, session.Key.Reveal());
        return new SignedInBrowser(browser, live!.ToCaller(), session);
    }

    /// <summary>Sends the caller's browser to the provider to link the account there, and brings the request back.</summary>
    public static async Task<ProviderRequest> AskToLinkAsync(
        CoreHost host, SignedInBrowser owner, Caller? caller = null, string provider = Google)
    {
        var began = Assert.IsType<BeginProviderOutcome.Began>(
            await host.Get<ProviderAccounts>().BeginAsync(caller ?? owner.Caller, owner.Browser, provider));
        return (await host.Get<ProviderSignIn>().OpenAsync(owner.Browser, provider, began.Token))!;
    }

    /// <summary>Links an account at the provider.</summary>
    public static async Task<LinkOutcome> LinkAsync(CoreHost host, SignedInBrowser owner, string subject, Caller? caller = null) =>
        await host.Get<ProviderAccounts>().LinkAsync(
            caller ?? owner.Caller, await AskToLinkAsync(host, owner, caller), Says(subject, "ada@id.example.test"));

    /// <summary>The same, now.</summary>
    public static ProviderAnswer Fresh(CoreHost host, string subject) => Says(subject) with { AuthenticatedAt = host.Clock.GetUtcNow() };

    /// <summary>Sends the caller's browser to the provider to prove who its user is, and brings the request back.</summary>
    public static async Task<ProviderRequest> AskToProveAsync(CoreHost host, SignedInBrowser owner)
    {
        var began = Assert.IsType<BeginProviderOutcome.Began>(
            await host.Get<ProviderProof>().BeginAsync(owner.Caller, owner.Browser, Google, "/settings"));
        return (await host.Get<ProviderSignIn>().OpenAsync(owner.Browser, Google, began.Token))!;
    }

    /// <summary>Takes a logout token of the provider.</summary>
    public static async Task<int> EndAsync(CoreHost host, string id, string? subject, string? sid)
    {
        var token = new LogoutToken(Issuer, id, subject, sid, host.Clock.GetUtcNow().AddMinutes(2));
        var outcome = await host.Get<ProviderLogout>().EndAsync("203.0.113.9", token);
        return Assert.IsType<ProviderLogoutOutcome.Ended>(outcome).Count;
    }

    /// <summary>Whether a browser's session is over.</summary>
    public static async Task<bool> IsOverAsync(CoreHost host, SignedInBrowser browser) => await host.RequestAsync(browser) is null;

    private sealed class NoSender : IMailSender
    {
        public bool IsConfigured => true;

        public Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
            throw new MailUnavailableException("There is no mail server.");
    }
}
