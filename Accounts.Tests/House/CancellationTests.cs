using Accounts.Core.AuditReading;
using Accounts.Core.History;
using Accounts.Core.Passkeys;
using Accounts.Core.PersonalData;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.House;

/// <summary>Whoever waits for the libraries can stop waiting.</summary>
public sealed class CancellationTests
{
    /// <summary>Public asynchronous methods without a token, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["PasskeyHttpContext.AddPasskeyAsync"] = "It takes the request's own token from the context.",
        ["PasskeyHttpContext.BeginPasskeyAsync"] = "The same.",
        ["PasskeyHttpContext.BeginPasskeyProofAsync"] = "The same.",
        ["PasskeyHttpContext.BeginPasskeySignInAsync"] = "The same.",
        ["PasskeyHttpContext.ProveWithPasskeyAsync"] = "The same.",
        ["PasskeyHttpContext.SignInWithPasskeyAsync"] = "The same.",
        ["SessionHttpContext.ConfirmSignedOutAsync"] = "The request itself proves that the browser left, even if it doesn't wait for the answer.",
        ["SessionHttpContext.FindCallerAsync"] = "It takes the request's own token from the context.",
        ["SessionHttpContext.FindStaffCallerAsync"] = "It takes the request's own.",
        ["SessionHttpContext.LeaveViewAsync"] = "The same.",
        ["SessionHttpContext.WriteViewAsync"] = "It waits for nothing.",
        ["SessionHttpContext.WriteSessionAsync"] = "The sign-in has happened. Half of what belongs to it must not be left out.",
        ["SessionHttpContext.WriteTicketAsync"] = "It writes a header and waits for nothing.",
    };

    private static readonly Dictionary<string, Func<CoreHost, SignedInBrowser, CancellationToken, Task>> Reads = new(StringComparer.Ordinal)
    {
        ["AccountData.ExportAsync"] = (host, by, token) => DrainAsync(host.Get<AccountData>().ExportAsync(by.Caller, token)),
        ["AuditLog.ExportAsync"] = async (host, by, token) =>
            await DrainAsync((await host.AuditLog.ExportAsync(by.Caller, new AuditQuery(), token))!),
        ["AuditLog.PageAsync"] = (host, by, token) => host.AuditLog.PageAsync(by.Caller, new AuditQuery(), token),
        ["DatabaseProbe.FindProblemAsync"] = (host, _, token) => host.Get<DatabaseProbe>().FindProblemAsync(token),
        ["HistoryReader.AllAsync"] = (host, by, token) => host.History.AllAsync(by.Caller, new HistoryQuery(), token),
        ["HistoryReader.ExportAsync"] = (host, by, token) => DrainAsync(host.History.ExportAsync(by.Caller, new HistoryQuery(), token)),
        ["HistoryReader.FindDetailsAsync"] = (host, by, token) => host.History.FindDetailsAsync(by.Caller, by.Id, token),
        ["HistoryReader.PageAsync"] = (host, by, token) => host.History.PageAsync(by.Caller, new HistoryQuery(), token),
        ["PasskeyService.FindAccountAsync"] = (host, by, token) => host.Get<PasskeyService>().FindAccountAsync(by.Caller, token),
        ["PasskeyService.ListAsync"] = (host, by, token) => host.Get<PasskeyService>().ListAsync(by.Caller, token),
        ["RefusedAttemptReader.FindSinceLastVisitAsync"] = (host, by, token) =>
            host.Get<RefusedAttemptReader>().FindSinceLastVisitAsync(by.Caller, token),
        ["RefusedAttemptReader.ListAsync"] = (host, by, token) => host.Get<RefusedAttemptReader>().ListAsync(by.Caller, cancellationToken: token),
        ["SessionAuthenticator.AuthenticateAsync"] = async (host, by, token) => await host.Authenticator.AuthenticateAsync(by.Id, by.Key, token),
        ["SessionDepartures.ConfirmLeftAsync"] = (host, by, token) => host.Departures.ConfirmLeftAsync(by.Id, by.Key, token),
        ["SessionService.CountAsync"] = (host, by, token) => host.Sessions.CountAsync(by.Caller, token),
        ["SessionService.FindAsync"] = (host, by, token) => host.Sessions.FindAsync(by.Caller, [by.Id], token),
        ["SessionService.ListAsync"] = (host, by, token) => host.Sessions.ListAsync(by.Caller, token),
        ["SupportCodes.FindOrMakeForEndedAsync"] = (host, by, token) => host.Get<SupportCodes>().FindOrMakeForEndedAsync(by.Id, by.Key, token),
        ["SupportViews.FindEndedAsync"] = (host, by, token) => host.Get<SupportViews>().FindEndedAsync(by.Caller, by.Id, token),
        ["UserService.FindProfileAsync"] = (host, by, token) => host.Users.FindProfileAsync(by.Caller, token),
    };

    [Fact]
    public void Every_public_method_that_reads_or_waits_takes_a_token_last()
    {
        var methods = Product.Libraries
            .SelectMany(Product.MethodsOf)
            .Where(Product.IsAwaited)
            .ToList();
        Assert.True(methods.Count > 25);
        var without = methods.Where(method => method.GetParameters() is not
            [.., { Name: "cancellationToken", IsOptional: true } last] || last.ParameterType != typeof(CancellationToken));
        Assert.Equal(
            string.Join('\n', Exceptions.Keys.Order(StringComparer.Ordinal)),
            string.Join('\n', without.Select(Product.Name).Order(StringComparer.Ordinal)));
    }

    [EachEngineTheory]
    [MemberData(nameof(Names))]
    public async Task A_canceled_read_throws(string name)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var canceled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Reads[name](host, browser, canceled));
        // Control: the same read succeeds.
        await Reads[name](host, browser, TestContext.Current.CancellationToken);
    }

    [EachEngineFact]
    public async Task A_read_that_is_canceled_while_it_waits_throws()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        using var leaving = new CancellationTokenSource();
        var held = host.Gate.StopCommand("Sessions");
        var read = host.Sessions.ListAsync(browser.Caller, leaving.Token);
        await held.Arrived;
        await leaving.CancelAsync();
        held.Release();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Single(await host.Sessions.ListAsync(browser.Caller, TestContext.Current.CancellationToken));
    }

    [EachEngineFact]
    public async Task A_check_that_memory_answers_does_not_look_at_the_token()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var canceled = new CancellationToken(canceled: true);
        // Control: the first check loads the session.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Authenticator.FindLiveAsync(browser.Id, canceled));
        Assert.NotNull(await host.RequestAsync(browser));
        var check = host.Authenticator.AuthenticateAsync(browser.Id, browser.Key, canceled);
        Assert.True(check.IsCompletedSuccessfully);
        Assert.NotNull(await check);
    }

    public static TheoryData<string> Names() => [.. Reads.Keys];

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> parts)
    {
        await foreach (var part in parts)
            Assert.NotNull(part);
    }
}
