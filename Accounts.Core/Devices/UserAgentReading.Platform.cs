using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>Collects the platform, its version and the model.</summary>
internal ref partial struct UserAgentReading
{
    private void TakePlatform(KnownName known, ReadOnlySpan<char> version, int comment)
    {
        // No Android device runs iOS. Such a word is a phone's or an app's: "Mi Note 10 Lite;iPhone: Build/RKQ1".
        if (Platform is { Name: Platforms.Android or Platforms.HarmonyOS } && known.Name is Platforms.IOS or Platforms.IPadOS)
            return;

        HasIPad |= known.Key is "iPad";
        HasIPhone |= known.Key is "iPhone";
        HasIPod |= known.Key is "iPod" or "iPod touch";
        if (known.Name is Platforms.Android && comment > 0 && _androidComment == 0)
        {
            _androidComment = comment;
            // "(Pixel 9; Android 16)": the model may come first.
            if (!IsMozilla && _partPiece.ContainsAny(VersionText.AllDigits) && !_partPiece.ContainsAny('.', '@'))
                Model = Models.In(_partPiece);
        }

        var numbers = version.IsEmpty ? Numbers.None : known.Numbers;
        if (Platform is not null && IsSame(Platform, known))
        {
            if (PlatformNumbers == Numbers.None || comment > 0)
                TakePlatformVersion(version, numbers);
            if (known.Rank > Platform.Rank)
                Platform = known;
        }
        else if (Platform is null || known.Rank > Platform.Rank)
        {
            PlatformVersion = version;
            PlatformNumbers = numbers;
            Platform = known;
        }
    }

    // The first number counts. A later one, often an app's own, only replaces a number that browsers have frozen.
    private void TakePlatformVersion(ReadOnlySpan<char> version, Numbers numbers)
    {
        if (numbers <= PlatformNumbers
            || (PlatformNumbers != Numbers.None && !(Platform is { } platform && PlatformReader.IsFrozen(platform.Name, PlatformVersion)
                && VersionText.MajorNumber(version) >= VersionText.MajorNumber(PlatformVersion))))
            return;
        PlatformVersion = version;
        PlatformNumbers = numbers;
    }

    // The first part after "Android 16" that is neither a language nor a word that stands there by itself is the model. It may sound like anything:
    // CUBOT, Google Pixel, Tesla Smartphone, Iron 1 and Opera S10 are phones. True if the part is a model's or tells nothing.
    private bool TakeAfterAndroid(KnownName? known, ReadOnlySpan<char> piece, ReadOnlySpan<char> name)
    {
        if (Platform is not { Name: Platforms.Android or Platforms.HarmonyOS } || (known is not null && IsWordAfterAndroid(known, piece, name)))
            return false;
        var model = _modelStandsAfter || IsModelHidden ? [] : Models.In(piece);
        if (model.IsEmpty)
            return known is { Tells: Tells.Platform };
        Model = model;
        return _modelStandsAfter = true;
    }

    private static bool IsWordAfterAndroid(KnownName known, ReadOnlySpan<char> piece, ReadOnlySpan<char> name)
    {
        if (Models.HasBuild(piece))
            return false;
        if (known.Tells == Tells.Platform)
            return known.Name is Platforms.Linux or Platforms.Android or Platforms.HarmonyOS or Platforms.WearOS;
        return known.Tells < Tells.Tool ? known.Key.Length == name.Length : piece.Contains('/');
    }

    private static bool IsSame(KnownName one, KnownName other) =>
        string.Equals(one.Name, other.Name, StringComparison.Ordinal)
        || (one.Name is Platforms.IOS or Platforms.IPadOS or Platforms.VisionOS && other.Name is Platforms.IOS or Platforms.IPadOS);
}
