using System.Net;

namespace Accounts.Tests.Fixtures;

/// <summary>Holds a request's body back.</summary>
internal sealed class SlowBody
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the server asks for the body.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(Patience.Limit);

    /// <summary>Sends the body.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>The content, held back.</summary>
    public HttpContent Of(HttpContent content) => new Held(this, content);

    private sealed class Held : HttpContent
    {
        private readonly SlowBody _body;
        private readonly HttpContent _content;

        public Held(SlowBody body, HttpContent content)
        {
            (_body, _content) = (body, content);
            Headers.ContentType = content.Headers.ContentType;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _body._arrived.TrySetResult();
            await _body._released.Task.WaitAsync(Patience.Limit);
            await _content.CopyToAsync(stream, context);
        }

        protected override bool TryComputeLength(out long length) => (length = _content.Headers.ContentLength ?? 0) > 0;
    }
}
