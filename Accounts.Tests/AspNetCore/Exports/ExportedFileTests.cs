using Accounts.AspNetCore.Exports;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Tests.AspNetCore.Exports;

/// <summary>A file that breaks off never looks complete.</summary>
public sealed class ExportedFileTests
{
    private const string Ada = "ada@example.test";

    public enum End
    {
        Never,
        BeforeTheFirstPart,
        DuringAWrite,
    }

    // Guard: MayGoOnAsync after the last part. The session ends while the server waits for a slow reader, so the next part never comes.
    [EachEngineTheory]
    [InlineData(End.Never)]
    [InlineData(End.BeforeTheFirstPart)]
    [InlineData(End.DuringAWrite)]
    public async Task A_session_that_ends_between_two_parts_aborts_the_file(End end)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var owner = await site.SignInAsync(Ada, Visitor.Phone);
        var (reader, by) = ((await site.FindSessionAsync(visitor)).ToCaller(), (await site.FindSessionAsync(owner)).ToCaller());
        var connection = new Connection();
        if (end is End.BeforeTheFirstPart)
            await EndAsync();

        await ExportAsync(site, reader, connection, new Body(() => end is End.DuringAWrite ? EndAsync() : Task.CompletedTask));

        Assert.Equal(end is not End.Never, connection.IsAborted);

        async Task EndAsync() => await site.Get<SessionService>().TerminateAsync(by, reader.OwnSession);
    }

    // Results.Stream sees to it. A HEAD of a long file must not cost the reading of it.
    [EachEngineTheory]
    [InlineData("GET", true)]
    [InlineData("HEAD", false)]
    public async Task The_headers_alone_read_no_part(string method, bool reads)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var body = new Body(() => Task.CompletedTask);
        var wasRead = false;
        await ExportAsync(site, (await site.FindSessionAsync(visitor)).ToCaller(), new Connection(), body, method, () => wasRead = true);
        Assert.Equal((reads, reads), (wasRead, body.Length > 0));
    }

    private static async Task ExportAsync(
        AccountsSite site, Caller reader, Connection connection, Stream body, string method = "GET", Action? onPart = null)
    {
        var context = new DefaultHttpContext { RequestServices = site.Get<IServiceProvider>() };
        context.Request.Method = method;
        context.Response.Body = body;
        context.Features.Set<IHttpRequestLifetimeFeature>(connection);
        var parts = (await site.Get<AuditLog>().ExportAsync(reader, new AuditQuery()))!;
        await ExportedFile.Of(context, reader, Twice(parts, onPart), "text/csv", "events.csv", "Action\r\n", (text, one) => text.Append(one.Action))
            .ExecuteAsync(context);
    }

    /// <summary>The parts, and one more that asks for the session like each of them.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<AuditEvent>> Twice(IAsyncEnumerable<IReadOnlyList<AuditEvent>> parts, Action? onPart)
    {
        for (var round = 0; round < 2; round++)
        {
            await foreach (var part in parts)
            {
                onPart?.Invoke();
                yield return part;
            }
        }
    }

    private sealed class Connection : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class Body(Func<Task> onWrite) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await onWrite();
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
