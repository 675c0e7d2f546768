using System.Net;
using System.Text.Json;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Samples;

/// <summary>The sample MinimalApi, driven by two programs that keep cookies.</summary>
public sealed class MinimalApiTests(SamplePrograms samples) : IClassFixture<SamplePrograms>
{
    private static readonly object Ada = new { name = "Ada", email = "ada@example.test", password = "a passphrase for tests" };

    [Fact]
    public async Task One_client_ends_the_others_session_and_the_other_gets_401()
    {
        await using var api = await samples.RunAsync("MinimalApi");
        var site = await api.ListeningAsync();
        using var owner = new Visitor(site, "curl/8.5.0");
        using var victim = new Visitor(site, Visitor.Chrome);

        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(owner, HttpMethod.Get, "/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(owner, HttpMethod.Post, "/register", Ada)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(victim, HttpMethod.Post, "/sign-in", Ada)).Status);

        var listed = (await AskAsync(owner, HttpMethod.Get, "/sessions")).Answer.EnumerateArray().ToList();
        Assert.Equal(2, listed.Count);
        var own = listed.Single(session => session.GetProperty("isThisDevice").GetBoolean()).GetProperty("id").GetString();
        var other = listed.Single(session => !session.GetProperty("isThisDevice").GetBoolean());
        Assert.Equal("Chrome 156 on Linux", other.GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(victim, HttpMethod.Get, "/sessions")).Status);

        var path = $"/sessions/{other.GetProperty("id").GetString()}";
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(owner, HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(victim, HttpMethod.Get, "/sessions")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(victim, HttpMethod.Delete, $"/sessions/{own}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(owner, HttpMethod.Get, "/sessions")).Status);

        Assert.Equal(HttpStatusCode.Conflict, (await AskAsync(owner, HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await AskAsync(owner, HttpMethod.Delete, $"/sessions/{own}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(owner, HttpMethod.Delete, $"/sessions/{Guid.NewGuid()}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(owner, HttpMethod.Delete, "/sessions/current")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(owner, HttpMethod.Get, "/sessions")).Status);
    }

    [Fact]
    public async Task Bad_input_gets_problem_details()
    {
        await using var api = await samples.RunAsync("MinimalApi");
        using var client = new Visitor(await api.ListeningAsync(), "curl/8.5.0");
        var (status, problem) = await AskAsync(client, HttpMethod.Post, "/register", new { name = "Ada", email = "ada", password = "short" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("Enter a full email address, such as name@example.com.", problem.GetProperty("errors").GetProperty("Email")[0].GetString());
        Assert.Equal("Use at least 12 characters.", problem.GetProperty("errors").GetProperty("Password")[0].GetString());

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(client, HttpMethod.Post, "/register", Ada)).Status);
        var wrong = new { email = "ada@example.test", password = "another passphrase" };
        (status, problem) = await AskAsync(client, HttpMethod.Post, "/sign-in", wrong);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("The email or the password is wrong.", problem.GetProperty("detail").GetString());
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(
        Visitor client, HttpMethod method, string path, object? body = null)
    {
        client.Headers["Accept"] = "application/json";
        using var answer = await client.SendJsonAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }
}
