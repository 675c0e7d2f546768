namespace Accounts.Web.Layout;

/// <summary>Answers HEAD as GET (RFC 9110, section 9.3.2). The server itself leaves out the body.</summary>
internal static class HeadRequests
{
    /// <summary>Makes pages, which are mapped for GET and POST alone, accept HEAD.</summary>
    public static void AcceptHead(this IEndpointConventionBuilder pages) => pages.Add(static page =>
    {
        if (page.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } known && known.HttpMethods.Any(HttpMethods.IsGet))
            page.Metadata.Add(new HttpMethodMetadata([.. known.HttpMethods, HttpMethods.Head]));
    });
}
