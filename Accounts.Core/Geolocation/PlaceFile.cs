namespace Accounts.Core.Geolocation;

/// <summary>The configured geolocation file.</summary>
internal sealed class PlaceFile(string path)
{
    public string Path { get; } = path;

    /// <summary>The file's time and length, which reveal a replaced file without reading it; null if there is no file.</summary>
    public Stamp? Look()
    {
        var info = new FileInfo(Path);
        return info.Exists ? new Stamp(info.LastWriteTimeUtc, info.Length) : null;
    }

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="PlaceFileException">The file can't be read, or it isn't a usable database.</exception>
    public PlaceDatabase Read()
    {
        try
        {
            return Read(ReadBytes());
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PlaceFileException(
                "it does not exist. Correct Geolocation:Path in appsettings.json, or leave it empty to use the bundled country database.", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PlaceFileException($"it cannot be read ({failure.Message}). Give read access to the user that runs this program.", failure);
        }
        catch (OutOfMemoryException full)
        {
            throw new PlaceFileException("there is not enough memory for it. Use a smaller database, such as one of countries.", full);
        }
    }

    /// <summary>Reads a file's bytes. They tell the format, whatever the file's name.</summary>
    /// <exception cref="PlaceFileException">It isn't a usable database.</exception>
    public static PlaceDatabase Read(byte[] file) => MaxMindHeader.IsIn(file) ? MaxMindReader.Read(file) : Ip2LocationReader.Read(file);

    private byte[] ReadBytes()
    {
        if (Directory.Exists(Path))
            throw new PlaceFileException("it is a folder. Set Geolocation:Path in appsettings.json to the BIN or MMDB file in it.");

        // Other programs may write to or replace the file while we read. The reader checks the bytes in any case.
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > Array.MaxLength)
            throw new PlaceFileException("it is larger than 2 GB, the maximum. Use a smaller database, such as one of countries.");
        var bytes = new byte[file.Length];
        // Fewer bytes than a moment ago: another program is writing the file.
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    internal readonly record struct Stamp(DateTime WrittenAt, long Length);
}
