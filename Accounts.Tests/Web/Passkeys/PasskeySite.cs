using System.Net;
using System.Text.Json;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.Passkeys;

/// <summary>Adds passkeys and signs in with them by plain requests, as passkeys.js does.</summary>
internal static class PasskeySite
{
    public const string SignInPath = "/sign-in/passkey";
    public const string ProofPath = "/session/passkey";
    public const string AddPath = "/session/new-passkey";
    public const string Ada = "ada@example.test";

    /// <summary>A question: its id, and the options for the browser.</summary>
    public sealed record Question(string Id, JsonElement Options);

    public static async Task<Question> AskAsync(this Visitor visitor, string path)
    {
        using var answer = await visitor.PostAsync($"{path}/options", await visitor.TokenAsync(path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return new Question(json.GetProperty("id").GetString()!, json.GetProperty("options"));
    }

    public static async Task<HttpResponseMessage> AnswerAsync(
        this Visitor visitor, string path, Question question, string credential, params (string Name, string Value)[] fields)
    {
        var form = new Dictionary<string, string>(await visitor.TokenAsync(path), StringComparer.Ordinal)
        {
            ["id"] = question.Id,
            ["credential"] = credential,
        };
        foreach (var (name, value) in fields)
            form[name] = value;
        return await visitor.PostAsync(path, form);
    }

    /// <summary>Adds a passkey to the account of a signed-in visitor.</summary>
    public static async Task<SoftAuthenticator> AddPasskeyAsync(this AccountsSite site, Visitor visitor, SoftAuthenticator? authenticator = null)
    {
        authenticator ??= new SoftAuthenticator();
        var question = await visitor.AskAsync(AddPath);
        using var added = await visitor.AnswerAsync(AddPath, question, authenticator.Create(question.Options, site.Address));
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        Assert.StartsWith("/settings/security/passkeys/", await added.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return authenticator;
    }

    /// <summary>Signs in with a passkey.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(this AccountsSite site, Visitor visitor, SoftAuthenticator authenticator)
    {
        var question = await visitor.AskAsync(SignInPath);
        return await visitor.AnswerAsync(SignInPath, question, authenticator.Get(question.Options, site.Address));
    }

    private static async Task<IReadOnlyDictionary<string, string>> TokenAsync(this Visitor visitor, string path) =>
        string.Equals(path, SignInPath, StringComparison.Ordinal) ? await visitor.FillAsync("/sign-in") : await visitor.FillAccountMenuAsync();
}
