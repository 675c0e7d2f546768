using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Accounts.Tests.Fixtures;

/// <summary>Self-signed certificates for test servers.</summary>
public static class Certificates
{
    public static X509Certificate2 Of(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
