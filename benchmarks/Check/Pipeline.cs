using System.Diagnostics;
using Accounts.Stage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Benchmarks.Check;

/// <summary>Sends requests through an application's pipeline without the network, on one thread, so that a microsecond is measurable.</summary>
internal sealed class Pipeline(RequestDelegate application, IHttpContextFactory contexts, string path, string cookie)
{
    /// <summary>Sends the request a number of times.</summary>
    /// <returns>Microseconds and bytes per request.</returns>
    public (double Microseconds, double Bytes) Measure(int requests)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < requests; i++)
            Send();
        var time = Stopwatch.GetElapsedTime(begun);
        return (time.TotalMicroseconds / requests, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)requests);
    }

    private void Send()
    {
        var features = new FeatureCollection();
        var request = new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Scheme = Uri.UriSchemeHttp,
            Protocol = HttpProtocol.Http11,
            Path = path,
            RawTarget = path,
        };
        request.Headers.Host = "localhost";
        request.Headers.Cookie = cookie;
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = contexts.Create(features);
        var answer = application(context);
        // The request completes synchronously, because all its data is in memory.
        if (!answer.IsCompletedSuccessfully || context.Response.StatusCode != StatusCodes.Status204NoContent)
            throw new InvalidOperationException($"The application answered with status {context.Response.StatusCode}.");
        contexts.Dispose(context);
    }

    /// <summary>Captures an application's whole pipeline while it is built.</summary>
    internal sealed class Hold : IStartupFilter
    {
        private RequestDelegate? _application;

        public Pipeline Of(Application application, string path, string cookie) =>
            new(_application ?? throw new InvalidOperationException("The application was not built."),
                application.Get<IHttpContextFactory>(), path, cookie);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(rest => _application = rest);
            next(app);
        };
    }
}
