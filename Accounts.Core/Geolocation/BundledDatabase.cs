using System.IO.Compression;

namespace Accounts.Core.Geolocation;

/// <summary>The bundled country database: DB-IP Lite, CC BY 4.0, built by <c>tools/Places</c>. The first use unpacks it.</summary>
internal static class BundledDatabase
{
    private const string Resource = "Accounts.Core.Geolocation.Bundled.dbip-country.bin.br";

    private static readonly Lazy<PlaceDatabase> Shared = new(() => Ip2LocationReader.Read(Unpack()));

    public static PlaceDatabase Database => Shared.Value;

    public static PlaceSource Source => new(Path: null, Database.Type, Database.Date, PlaceAttribution.DbIp);

    /// <summary>The database as a file of IP2Location's format.</summary>
    public static byte[] Unpack()
    {
        using var packed = typeof(BundledDatabase).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"There is no resource {Resource}.");
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        var header = new byte[Ip2LocationHeader.Bytes];
        brotli.ReadExactly(header);
        var file = new byte[Ip2LocationHeader.LengthOf(header)];
        header.CopyTo(file, 0);
        brotli.ReadExactly(file, header.Length, file.Length - header.Length);
        return file;
    }
}
