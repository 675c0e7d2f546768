using Microsoft.AspNetCore.Components;
using QRCoder;

namespace Accounts.Web.Security;

/// <summary>Draws QR codes.</summary>
internal static class QrCode
{
    private const int PixelsPerModule = 4;

    /// <summary>The picture of an address, as SVG without styles.</summary>
    public static MarkupString Of(Uri address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address.OriginalString, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        return new MarkupString(picture.GetGraphic(PixelsPerModule, "#000", "#fff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }
}
