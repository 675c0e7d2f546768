namespace Accounts.Web.Forms;

/// <summary>Marks a page with a password form that anyone can submit.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class QueuedFormAttribute : Attribute
{
    /// <summary>Whether a request is for such a page.</summary>
    public static bool IsOn(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<QueuedFormAttribute>() is not null;
}
