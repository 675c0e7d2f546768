using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Web.SignIn;

/// <summary>A flood of password attempts stops nobody else. A refused form learns that, and when to come back.</summary>
public sealed class QueuedFormsTests
{
    private const string Ada = "ada@example.test";
    private const string Wrong = "not the right passphrase";

    // One hash at a time, and one place in each queue.
    private static readonly (string, string)[] Smallest = [("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "1")];

    // Guards: UseQueuedForms, and PasswordHashing's threads.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task During_a_flood_of_sign_ins_sessions_are_still_checked_and_ended(bool manyNetworks)
    {
        var hasher = new HeldHasher();
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock, hasher.AddTo, ("PasswordHashing:Concurrency", "1"), ("Network:KnownProxies:0", "127.0.0.1"));
        await site.RegisterAsync(Ada);
        using var laptop = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        using var meters = new Meters(site.Get<IMeterFactory>());
        hasher.Hold();
        using var form = site.Visit();
        var fields = await form.FillAsync("/sign-in", ("Input.Email", "nobody@example.test"), ("Input.Password", Wrong));
        var addresses = Enumerable.Range(0, 300).Select(i => manyNetworks ? $"2001:db8:0:{i:x}::1" : "2001:db8::1");
        var strangers = addresses.Select(address => PostAsync(site, form, fields, address)).ToList();
        await hasher.ArrivedAsync();
        var inside = manyNetworks ? 8 : 2;
        Patience.Until(() => meters.Read("accounts.sign_in.waiting") == 300 - inside);

        using (var state = await laptop.GetAsync("/session/state"))
            Assert.Equal(HttpStatusCode.NoContent, state.StatusCode);
        await site.TerminateAsync(laptop, phone);
        Assert.False(await phone.IsSignedInAsync());
        using (var left = await laptop.SignOutAsync())
            Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.All(strangers, stranger => Assert.False(stranger.IsCompleted));
        Assert.Equal(1, hasher.MostAtOnce);

        clock.Advance(SignInQueue.Patience);
        Patience.Until(() => strangers.Count(stranger => stranger.IsCompleted) == 300 - inside);
        hasher.ReleaseAll();
        var answers = await Task.WhenAll(strangers);
        Assert.Equal(300 - inside, answers.Count(answer => answer is { Status: HttpStatusCode.ServiceUnavailable, RetryAfter: "2" }));
        Assert.Equal(inside, answers.Count(answer => answer.Status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Equal(1, hasher.MostAtOnce);
    }

    // Guards: QueuedForm on both pages, which is found by endpoint, not by address.
    [Theory]
    [InlineData("/sign-in?returnUrl=%2Fsettings%22%3E", "/sign-in?returnUrl=%2Fsettings%22%3E")]
    [InlineData("/SIGN-IN/", "/SIGN-IN/")]
    [InlineData("/register", "/register")]
    public async Task A_form_that_waited_in_vain_learns_when_to_retry_and_changes_nothing(string path, string back)
    {
        var hasher = new HeldHasher();
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock, hasher.AddTo, Smallest);
        await site.RegisterAsync(Ada);
        using var first = site.Visit();
        using var second = site.Visit();
        using var meters = new Meters(site.Get<IMeterFactory>());
        var fields = new[] { ("Input.Name", "Grace Hopper"), ("Input.Email", "grace@example.test"), ("Input.Password", AccountsSite.Password) };
        var held = await first.FillAsync("/sign-in", fields);
        var waits = await second.FillAsync(path, fields);
        hasher.Hold();
        var inside = first.PostAsync("/sign-in", held);
        await hasher.ArrivedAsync();
        var timers = clock.Waiting;
        var waiting = second.PostAsync(path, waits);
        // The form counts as waiting a moment before its timer runs.
        Patience.Until(() => meters.Read("accounts.sign_in.waiting") == 1 && clock.Waiting > timers);
        clock.Advance(SignInQueue.Patience);

        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Equal("The server is busy", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(
            "We're very busy right now. Nothing changed. Try again in 2 seconds.",
            page.QuerySelector("main p")!.TextContent);
        Assert.Equal(back, page.QuerySelector("main a")!.GetAttribute("href"));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        using (var rows = site.Rows())
            Assert.Equal(1, rows.Number("SELECT COUNT(*) FROM \"Users\""));

        hasher.ReleaseAll();
        (await inside).Dispose();
        // The same form works later.
        using var again = await second.PostAsync(path, waits);
        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, again.StatusCode);
    }

    // Guard: the form is read before a place is taken.
    [Fact]
    public async Task A_slowly_sent_form_delays_no_other_form()
    {
        var door = new Door();
        await using var site = AccountsSite.Start(new TestClock(), services => services
            .AddSingleton<IStartupFilter>(door)
            // The server keeps the connections, however slow they are.
            .Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MinRequestBodyDataRate = null), Smallest);
        await site.RegisterAsync(Ada);
        var slow = new List<TcpClient>();
        for (var i = 0; i < 4; i++)
        {
            var client = new TcpClient();
            slow.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, site.Address.Port, TestContext.Current.CancellationToken);
            var begun = $"POST /sign-in HTTP/1.1\r\nHost: {site.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 100\r\n\r\nInput.Email=a";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun), TestContext.Current.CancellationToken);
        }

        for (var i = 0; i < slow.Count; i++)
            Assert.True(await door.Arrivals.WaitAsync(Patience.Limit));
        using var ada = await site.SignInAsync(Ada).WaitAsync(Patience.Limit);
        Assert.True(await ada.IsSignedInAsync());
        slow.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 70_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("application/x-www-form-urlencoded", 60_000, HttpStatusCode.BadRequest)]
    [InlineData("application/json", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data", 10, HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", 10, HttpStatusCode.BadRequest)]
    [InlineData("", 10, HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_is_none_of_our_forms_is_refused(string type, int length, HttpStatusCode expected)
    {
        await using var site = AccountsSite.Start();
        using var http = new HttpClient { BaseAddress = site.Address };
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("x=" + new string('x', length)));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await http.PostAsync("/sign-in", content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(length == 60_000 ? "This page expired" : "We couldn't read this form", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    // Guard: the place is freed when the response starts.
    [Fact]
    public async Task A_slowly_read_response_delays_no_other_form()
    {
        var reader = new SlowReader();
        await using var site = AccountsSite.Start(new TestClock(), services => services.AddSingleton<IStartupFilter>(reader), Smallest);
        await site.RegisterAsync(Ada);
        using var slow = site.Visit();
        slow.Headers[SlowReader.Header] = "yes";
        var form = await slow.FillAsync("/sign-in", ("Input.Email", "nobody@example.test"), ("Input.Password", Wrong));
        var answer = slow.PostAsync("/sign-in", form);
        Assert.True(await reader.Answered.WaitAsync(Patience.Limit));

        using var ada = await site.SignInAsync(Ada).WaitAsync(Patience.Limit);
        Assert.True(await ada.IsSignedInAsync());
        Assert.False(answer.IsCompleted);
        reader.Reads.Release();
        (await answer).Dispose();
    }

    // Guard: Wait.Busy in the pages and at the endpoint.
    [Fact]
    public async Task A_busy_server_says_so_on_the_signed_in_users_own_page()
    {
        var hasher = new HeldHasher();
        await using var site = AccountsSite.Start(
            services: hasher.AddTo, settings: [("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "0")]);
        await site.RegisterAsync(Ada);
        using var laptop = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        hasher.Hold();
        var held = laptop.ReauthenticateAsync(AccountsSite.Password);
        await hasher.ArrivedAsync();

        using (var proof = await phone.ReauthenticateAsync(AccountsSite.Password))
        {
            await AssertBusyAsync(proof);
            Assert.Equal("text/plain", proof.Content.Headers.ContentType!.MediaType);
        }

        var passwords = new[] { ("Input.CurrentPassword", AccountsSite.Password), ("Input.NewPassword", "a brand new passphrase") };
        using (var change = await phone.SubmitAsync("/settings/password", passwords))
            Assert.DoesNotContain("passphrase\"", await AssertBusyAsync(change), StringComparison.Ordinal);
        hasher.ReleaseAll();
        using var proved = await held;
        Assert.Equal(HttpStatusCode.NoContent, proved.StatusCode);
        Assert.True(await phone.IsSignedInAsync());
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task A_form_refused_by_a_busy_core_keeps_all_values_but_the_password(string path)
    {
        var hasher = new HeldHasher();
        await using var site = AccountsSite.Start(
            services: hasher.AddTo,
            settings: [("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "0"), ("Network:KnownProxies:0", "127.0.0.1")]);
        await site.RegisterAsync(Ada);
        using var returning = site.Visit();
        (await returning.SignInAsync("nobody@example.test", Wrong)).Dispose();
        var fields = await returning.FillAsync(
            path, ("Input.Name", "Grace Hopper"), ("Input.Email", "grace@example.test"), ("Input.Password", "a passphrase of hers"));
        using var newcomer = site.Visit();
        newcomer.Headers["X-Forwarded-For"] = "203.0.113.9";
        hasher.Hold();
        var held = newcomer.SignInAsync("nobody@example.test", Wrong);
        await hasher.ArrivedAsync();

        using (var answer = await returning.PostAsync(path, fields))
        {
            var page = await AssertBusyAsync(answer);
            Assert.Contains("value=\"grace@example.test\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("a passphrase of hers", page, StringComparison.Ordinal);
        }

        hasher.ReleaseAll();
        (await held).Dispose();
    }

    /// <summary>Signals when a request's headers have arrived, before its body.</summary>
    private sealed class Door : IStartupFilter
    {
        public SemaphoreSlim Arrivals { get; } = new(0);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext context, RequestDelegate rest) =>
            {
                Arrivals.Release();
                return rest(context);
            });
            next(app);
        };
    }

    /// <summary>
    /// Clients that ask for it get the headers of a form's response. The body waits until the test releases it,
    /// as if they had stopped reading.
    /// </summary>
    private sealed class SlowReader : IStartupFilter
    {
        public const string Header = "X-Slow-Reader";

        public SemaphoreSlim Answered { get; } = new(0);

        public SemaphoreSlim Reads { get; } = new(0);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext context, RequestDelegate rest) =>
            {
                if (HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.ContainsKey(Header))
                    context.Response.Body = new Body(this, context.Response, context.Response.Body);
                return rest(context);
            });
            next(app);
        };

        private sealed class Body(SlowReader reader, HttpResponse response, Stream inner) : Stream
        {
            private bool _started;

            public override bool CanRead => false;

            public override bool CanSeek => false;

            public override bool CanWrite => true;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (!_started)
                {
                    _started = true;
                    await response.StartAsync(cancellationToken);
                    reader.Answered.Release();
                    Assert.True(await reader.Reads.WaitAsync(Patience.Limit, cancellationToken), "Nobody reads.");
                }

                await inner.WriteAsync(buffer, cancellationToken);
            }

            public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

            public override void Flush() => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }

    private static async Task<string> AssertBusyAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("We're very busy right now. Nothing changed. Try again in ", WebUtility.HtmlDecode(text), StringComparison.Ordinal);
        return text;
    }

    private static async Task<(HttpStatusCode Status, string? RetryAfter)> PostAsync(
        AccountsSite site, Visitor form, IReadOnlyDictionary<string, string> fields, string address)
    {
        using var stranger = site.Visit();
        foreach (var (name, value) in form.Cookies)
            stranger.Cookies[name] = value;
        stranger.Headers["X-Forwarded-For"] = address;
        using var answer = await stranger.PostAsync("/sign-in", fields);
        return (answer.StatusCode, answer.Headers.RetryAfter?.ToString());
    }
}
